//! A runtime under test, as a child process.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use super::{Manifest, agent, wait_for};

/// The Spin CLI under test, if it is not the project's host.
fn spin() -> Option<PathBuf> {
    std::env::var_os("SPIN")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// Whether the runtime under test is Spin.
pub fn is_spin() -> bool {
    spin().is_some()
}

/// The major version of the Spin under test.
pub fn spin_major() -> Option<u32> {
    let output = Command::new(spin()?).arg("--version").output().unwrap();
    let version = String::from_utf8(output.stdout).unwrap();
    let major = version.strip_prefix("spin ")?.split('.').next()?;
    Some(major.parse().unwrap())
}

/// A running runtime with a folder of its own.
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

    /// Waits until the app serves, and fails with the log if it does not.
    pub fn start_in(
        dir: TempDir,
        manifest: &Manifest,
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let (process, address) = spawn(&dir, manifest, args, env);
        let mut host = Self {
            dir,
            address,
            process,
        };
        // Spin announces nothing for an app without HTTP triggers.
        let is_http = !is_spin() || manifest.has_trigger("http");
        wait_for("the app to serve", || {
            if let Some(status) = host.process.try_wait().unwrap() {
                panic!("the runtime exited with {status}:\n{}", host.log());
            }
            let announced = format!("Serving http://{}", host.address);
            let is_ready = !is_http
                || host.output("stdout").contains(&announced)
                    && TcpStream::connect(&host.address).is_ok();
            is_ready.then_some(())
        });
        host
    }

    fn output(&self, stream: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(stream)).unwrap()
    }

    /// Standard error so far.
    pub fn log(&self) -> String {
        self.output("stderr")
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

    /// The body of the response to a `POST`, whatever its status.
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
        assert!(kill(name, &self.process.id().to_string()));
    }

    /// Waits until the process exits.
    pub fn wait(&mut self) -> ExitStatus {
        wait_for("the runtime to exit", || self.process.try_wait().unwrap())
    }

    /// Stops the runtime and returns its folder.
    pub fn stop(mut self) -> TempDir {
        self.signal("-TERM");
        self.wait();
        std::mem::replace(&mut self.dir, TempDir::new().unwrap())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        kill_group(&mut self.process);
    }
}

/// Starts the runtime; returns its process and the address that it is to listen on.
fn spawn(
    dir: &TempDir,
    manifest: &Manifest,
    args: &[&str],
    env: &[(&str, &str)],
) -> (Child, String) {
    manifest.write(dir);
    let program = spin().unwrap_or_else(|| env!("CARGO_BIN_EXE_tonearm-host").into());
    let address = format!("127.0.0.1:{}", free_port());
    let file = |name| Stdio::from(File::create(dir.path().join(name)).unwrap());
    let mut command = Command::new(program);
    command
        .args(["up", "-f", "spin.toml", "--state-dir", "state"])
        .args(args)
        .envs(env.iter().copied())
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stdout(file("stdout"))
        .stderr(file("stderr"))
        // Spin starts a process for each type of trigger.
        .process_group(0);
    // Spin's Redis trigger does not support the flag.
    if !is_spin() || manifest.has_trigger("http") {
        command.args(["--listen", &address]);
    }
    if !is_spin() && !args.contains(&"--health-interval") {
        command.args(["--health-interval", "0"]);
    }
    (command.spawn().unwrap(), address)
}

/// The log of an app that must not start.
pub fn refusal(manifest: &Manifest, args: &[&str]) -> String {
    refusal_in(TempDir::new().unwrap(), manifest, args)
}

/// [`refusal`] in a folder that has files of the check.
pub fn refusal_in(dir: TempDir, manifest: &Manifest, args: &[&str]) -> String {
    let (process, address) = spawn(&dir, manifest, args, &[]);
    let mut host = Host {
        dir,
        address,
        process,
    };
    let status = host.wait();
    assert!(!status.success(), "{}", host.log());
    host.log()
}

/// Kills the process and its children.
fn kill_group(process: &mut Child) {
    // Fails if all of them have exited.
    kill("-KILL", &format!("-{}", process.id()));
    _ = process.wait();
}

fn kill(signal: &str, process: &str) -> bool {
    Command::new("kill")
        .args([signal, "--", process])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
