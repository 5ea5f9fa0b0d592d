//! Starts a host and a Redis server on free ports, and ends them with the test.

use std::fmt::Write as _;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The longest that anything here should take, with room for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the host under test is this project's own, not Spin.
pub fn is_own_host() -> bool {
    std::env::var("RUNTIME").is_err()
}

/// A manifest whose components are all the same guest.
#[derive(Clone)]
pub struct Manifest(String);

impl Manifest {
    /// With nothing but a name; `head` may add to `[application]` and more.
    pub fn new(head: &str) -> Self {
        Self(format!(
            "spin_manifest_version = 2\n[application]\nname = \"test\"\n{head}\n"
        ))
    }

    /// With a component `guest` that answers every path; `grants` are its keys.
    pub fn guest(head: &str, grants: &str) -> Self {
        Self::new(head)
            .component("guest", grants)
            .route("\"/...\"", "guest")
    }

    pub fn component(mut self, id: &str, grants: &str) -> Self {
        let wasm = wasm();
        _ = writeln!(self.0, "[component.{id}]\nsource = {wasm:?}\n{grants}");
        self
    }

    pub fn route(mut self, route: &str, component: &str) -> Self {
        _ = writeln!(
            self.0,
            "[[trigger.http]]\nroute = {route}\ncomponent = {component:?}"
        );
        self
    }

    pub fn channel(mut self, address: &str, channel: &str, component: &str) -> Self {
        _ = writeln!(
            self.0,
            "[[trigger.redis]]\naddress = {address:?}\nchannel = {channel:?}\ncomponent = {component:?}"
        );
        self
    }
}

fn wasm() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let wasm = root.join("target/wasm32-wasip2/release/host_guest.wasm");
    assert!(
        wasm.exists(),
        "{} is missing: run scripts/build.sh host-guest",
        wasm.display()
    );
    wasm
}

/// A running host with a folder of its own.
pub struct Host {
    pub dir: TempDir,
    pub address: String,
    process: Child,
}

impl Host {
    pub fn start(manifest: &Manifest) -> Self {
        Self::start_with(manifest, &[], &[])
    }

    pub fn start_with(manifest: &Manifest, args: &[&str], env: &[(&str, &str)]) -> Self {
        Self::start_in(TempDir::new().unwrap(), manifest, args, env)
    }

    /// Waits until the host serves, and fails with its log if it does not.
    pub fn start_in(
        dir: TempDir,
        manifest: &Manifest,
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let process = spawn(&dir, manifest, args, env);
        let mut host = Self {
            dir,
            address: String::new(),
            process,
        };
        let what = "the host to say that it serves";
        wait_for(what, || {
            if let Some(status) = host.process.try_wait().unwrap() {
                panic!("the host ended with {status}:\n{}", host.log());
            }
            let output = std::fs::read_to_string(host.dir.path().join("stdout")).unwrap();
            let line = output
                .lines()
                .find_map(|line| line.strip_prefix("Serving http://"))?;
            host.address = line.to_owned();
            Some(())
        });
        host
    }

    /// What it wrote on standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("stderr")).unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        self.send("GET", path, "")
    }

    pub fn post(&self, path: &str, body: &str) -> (u16, String) {
        self.send("POST", path, body)
    }

    /// What the guest says to a `POST`, whatever the status.
    pub fn ask(&self, path: &str, body: &str) -> String {
        self.post(path, body).1
    }

    pub fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let request = http::Request::builder().method(method).uri(self.url(path));
        let mut response = agent().run(request.body(body).unwrap()).unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap(),
        )
    }

    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// How it ended, once it has.
    pub fn wait(&mut self) -> ExitStatus {
        wait_for("the host to end", || self.process.try_wait().unwrap())
    }

    /// Stops the host and hands over its folder.
    pub fn stop(mut self) -> TempDir {
        self.signal("-TERM");
        self.wait();
        std::mem::replace(&mut self.dir, TempDir::new().unwrap())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn spawn(dir: &TempDir, manifest: &Manifest, args: &[&str], env: &[(&str, &str)]) -> Child {
    std::fs::write(dir.path().join("spin.toml"), &manifest.0).unwrap();
    let program = match std::env::var("RUNTIME") {
        Ok(program) => program,
        Err(_) => env!("CARGO_BIN_EXE_tonearm-host").to_owned(),
    };
    let file = |name| Stdio::from(File::create(dir.path().join(name)).unwrap());
    let mut command = Command::new(program);
    command
        .args(["up", "-f", "spin.toml", "--state-dir", "state"])
        .args(["--listen", &format!("127.0.0.1:{}", free_port())])
        .args(args)
        .envs(env.iter().copied())
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stdout(file("stdout"))
        .stderr(file("stderr"));
    if is_own_host() && !args.contains(&"--health-interval") {
        command.args(["--health-interval", "0"]);
    }
    command.spawn().unwrap()
}

/// The log of a host that is not to start.
pub fn refusal(manifest: &Manifest, args: &[&str]) -> String {
    let dir = TempDir::new().unwrap();
    let mut process = spawn(&dir, manifest, args, &[]);
    let status = wait_for("the host to refuse", || process.try_wait().unwrap());
    assert!(!status.success());
    std::fs::read_to_string(dir.path().join("stderr")).unwrap()
}

/// A client that gives every answer, not only the good ones.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

/// A Redis server that keeps nothing.
pub struct Redis {
    pub port: u16,
    process: Child,
}

impl Redis {
    pub fn start() -> Self {
        Self::start_at(free_port())
    }

    pub fn start_at(port: u16) -> Self {
        let process = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server must be on PATH (Debian: apt-get install redis-server)");
        wait_for("redis-server to listen", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self { port, process }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn connection(&self) -> redis::Connection {
        redis::Client::open(self.url())
            .unwrap()
            .get_connection()
            .unwrap()
    }

    /// How many subscribers got the message.
    pub fn publish(&self, channel: &str, message: &str) -> i64 {
        redis::cmd("PUBLISH")
            .arg(channel)
            .arg(message)
            .query(&mut self.connection())
            .unwrap()
    }

    /// What the guest has recorded.
    pub fn seen(&self) -> Vec<String> {
        redis::cmd("LRANGE")
            .arg("seen")
            .arg(0)
            .arg(-1)
            .query(&mut self.connection())
            .unwrap()
    }

    pub fn wait_until_seen(&self, expected: &[&str]) {
        let mut seen = Vec::new();
        let what = format!("{expected:?} to be recorded");
        wait_for(&what, || {
            seen = self.seen();
            (seen.len() >= expected.len()).then_some(())
        });
        assert_eq!(seen, expected);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Polls until there is something.
pub fn wait_for<T>(what: &str, mut poll: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
