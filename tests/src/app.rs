//! The whole app on a free port: Redis, the runtime, all components.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::client::Client;
use crate::paths;
use crate::process::Process;
use crate::redis_server::{RedisServer, free_port};
use crate::runtime::{Runtime, variable};
use crate::stored::Stored;
use crate::wait;

/// The running app. Everything of it is gone when dropped; if the test is
/// failing by then, its log is printed.
#[derive(Debug)]
pub struct TestApp {
    // Dropped first: the app ends before its Redis does.
    process: Process,
    /// The Redis behind it.
    pub redis: RedisServer,
    state: TempDir,
    runtime: Runtime,
    setup: Setup,
    port: u16,
}

/// What a test wants to have different.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    variables: BTreeMap<String, String>,
    components: Vec<String>,
    own_redis: bool,
    report_memory: bool,
    encoder: Option<String>,
}

impl Setup {
    /// The app as it is by default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable of the manifest.
    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.insert(name.into(), value.to_string());
        self
    }

    /// Without those who work off the queues: a job stays as it was accepted.
    /// Needed by tests of that state, and quicker for those of the API alone.
    pub fn without_workers(mut self) -> Self {
        self.components = ["auth", "gateway"].map(str::to_owned).into();
        self
    }

    /// Wants a Redis that may be stopped.
    pub fn own_redis(mut self) -> Self {
        self.own_redis = true;
        self
    }

    /// Wants the host to tell each component's peak memory when it ends. Spin
    /// has nothing like it.
    pub fn report_memory(mut self) -> Self {
        self.report_memory = true;
        self
    }

    /// With another encoder plugin, by the name of its file.
    pub fn encoder(mut self, plugin: &str) -> Self {
        self.encoder = Some(plugin.into());
        self
    }

    /// Starts everything and waits until it serves.
    pub fn start(self) -> TestApp {
        let runtime = Runtime::find_or_skip();
        let redis = if self.own_redis {
            RedisServer::start_local()
        } else {
            RedisServer::start()
        };
        let state = TempDir::new().expect("a temporary folder can be made");
        let port = free_port();
        let process = self.up(&runtime, &redis, state.path(), port);
        TestApp {
            process,
            redis,
            state,
            runtime,
            setup: self,
            port,
        }
    }

    fn up(&self, runtime: &Runtime, redis: &RedisServer, state: &Path, port: u16) -> Process {
        let base = base(port);
        let mut variables = BTreeMap::from([
            ("redis_address".to_owned(), redis.url().address.clone()),
            (
                "redis_credentials".to_owned(),
                redis.url().credentials.clone(),
            ),
            ("public_url".to_owned(), base.clone()),
            ("email_api_url".to_owned(), base.clone()),
        ]);
        variables.extend(self.variables.clone());

        let mut command = match &self.encoder {
            None => runtime.up(),
            Some(plugin) => runtime.up_with(&manifest_with(plugin, state)),
        };
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        command.arg("--state-dir").arg(state);
        command.args(
            variables
                .iter()
                .flat_map(|(name, value)| variable(name, value)),
        );
        if self.report_memory && !runtime.is_spin() {
            command.arg("--report-memory");
        }
        for component in &self.components {
            command.args(["--component-id", component]);
        }
        let mut process = Process::start("tonearm", &mut command);
        wait_until_served(runtime, &mut process, &base);
        process
    }
}

/// The manifest with the one line changed that names the encoder.
fn manifest_with(plugin: &str, folder: &Path) -> PathBuf {
    let text = std::fs::read_to_string(paths::manifest()).expect("the manifest can be read");
    assert!(text.contains("mp3_lame.wasm"), "{text}");
    let built = paths::wasm(plugin);
    let built = built.parent().expect("it is in a folder").to_string_lossy();
    let text = text
        .replace("mp3_lame.wasm", &format!("{plugin}.wasm"))
        .replace("target/wasm32-wasip2/release", &built);
    let file = folder.join("spin.toml");
    std::fs::write(&file, text).expect("the folder can be written to");
    file
}

/// The password of every account.
pub const PASSWORD: &str = "correct horse battery staple";

/// The address of a user of that name.
pub fn email(name: &str) -> String {
    format!("{name}@example.org")
}

impl TestApp {
    /// Starts the app as it is by default.
    pub fn start() -> Self {
        Setup::new().start()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> String {
        base(self.port)
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A client that is not logged in.
    pub fn client(&self) -> Client {
        Client::new(&self.base())
    }

    /// A client that is logged in with an account of its own.
    pub fn user(&self, name: &str) -> Client {
        self.client().signed_up(&email(name), PASSWORD)
    }

    /// What lies in its stores.
    pub fn stored(&self) -> Stored<'_> {
        Stored::new(self.state.path(), &self.redis)
    }

    /// The runtime that serves it.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Ends it in an orderly way and returns its whole log.
    pub fn stop(&mut self) -> String {
        self.process.stop()
    }

    /// The number of its process; Spin has several.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends it and starts it again, with the same state at the same address and
    /// some variables set to something else.
    pub fn restart_with(&mut self, variables: &[(&str, &str)]) {
        self.process.stop();
        for (name, value) in variables {
            let value = (*value).to_owned();
            self.setup.variables.insert((*name).to_owned(), value);
        }
        self.process = self
            .setup
            .up(&self.runtime, &self.redis, self.state.path(), self.port);
    }

    /// A client that is logged in as an administrator. The app is started again
    /// on the way: administrators are named by a variable.
    pub fn admin(&mut self) -> Client {
        let email = email("admin");
        let account = serde_json::json!({"email": email, "password": PASSWORD});
        let made = self.client().ask("POST", "/register").json(&account).send();
        assert_eq!(made.status, 201, "register: {made}");
        let id = made.json()["id"].as_str().unwrap_or_default().to_owned();
        self.restart_with(&[("admin_accounts", id.as_str())]);
        let client = self.client();
        let login = client.ask("POST", "/login");
        let token = login.basic(&email, PASSWORD).send();
        assert_eq!(token.status, 200, "login: {token}");
        client.with_token(token.text().trim())
    }

    /// Ends it from one moment to the next, then starts all of it, with the same
    /// state at the same address.
    pub fn kill_and_restart(&mut self) {
        self.process.kill();
        self.setup.components.clear();
        self.process = self
            .setup
            .up(&self.runtime, &self.redis, self.state.path(), self.port);
    }
}

fn base(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The host announces itself; Spin has to be asked, since it says that it
/// serves before it does.
fn wait_until_served(runtime: &Runtime, process: &mut Process, base: &str) {
    if !runtime.is_spin() {
        let said = process.wait_for_line(|line| line.starts_with("Serving http").then_some(()));
        assert!(
            said.is_some(),
            "the host did not say that it serves:\n{}",
            process.log()
        );
        return;
    }
    let client = Client::new(base);
    wait::until("spin to answer /healthz", || {
        if let Some(status) = process.exited() {
            panic!("spin has ended ({status}):\n{}", process.log());
        }
        client
            .try_get("/healthz")
            .filter(|reply| reply.status == 200)
    });
}
