//! The whole app on free ports: Redis, the runtime, and all components.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::client::Client;
use crate::layout::Layout;
use crate::paths;
use crate::ports::free_port;
use crate::process::Process;
use crate::process_spec::{ProcessSpec, SharedOptions};
use crate::redis_server::RedisServer;
use crate::runtime::Runtime;
pub use crate::setup::Setup;
use crate::stored::{Files, Stored};
use crate::wait;

/// A running app. Dropping it stops all processes and removes its files; if the test is
/// failing, it prints the logs first.
#[derive(Debug)]
pub struct TestApp {
    // Declared first, so that the app stops before its Redis.
    running: Vec<(ProcessSpec, Process)>,
    /// The app's Redis.
    pub redis: RedisServer,
    folder: TempDir,
    runtime: Runtime,
    setup: Setup,
    /// All processes of the layout, running or not. A restarted process keeps its port and
    /// state.
    specs: Vec<ProcessSpec>,
    /// While it exists, somebody calls the checks of health.
    probes: Option<Arc<()>>,
}

/// The key that seals letters.
pub const LETTER_KEY: &str = "a key of tests, 32 characters long";

/// The password of every account.
pub const PASSWORD: &str = "correct horse battery staple";

/// The email address of a user.
pub fn email(name: &str) -> String {
    format!("{name}@example.org")
}

impl Setup {
    /// Starts all processes and waits until they serve.
    pub fn start(self) -> TestApp {
        let runtime = Runtime::find_or_skip();
        let redis = if self.own_redis {
            RedisServer::start_local()
        } else {
            RedisServer::start()
        };
        let folder = TempDir::new().expect("a temporary folder can be made");
        let specs = self.layout.processes(&[]).into_iter();
        let specs =
            specs.map(|(name, components)| ProcessSpec::new(name, components, folder.path()));
        let mut app = TestApp {
            running: Vec::new(),
            redis,
            specs: specs.collect(),
            folder,
            runtime,
            setup: self,
            probes: None,
        };
        app.start_processes();
        app
    }
}

impl TestApp {
    /// Starts the app with its defaults.
    pub fn start() -> Self {
        Setup::new().start()
    }

    fn start_processes(&mut self) {
        let shared = self.shared_options();
        let wanted = self.setup.layout.processes(&self.setup.components);
        // Start all of them first, then wait for each.
        let mut started = Vec::new();
        for (name, components) in wanted {
            let spec = self.specs.iter().find(|spec| spec.name == name);
            let spec = ProcessSpec {
                components,
                ..spec.expect("a process of the layout").clone()
            };
            let process = spec.start(&shared);
            started.push((spec, process));
        }
        for (spec, process) in &mut started {
            spec.wait_until_served(&self.runtime, process);
        }
        self.running = started;
        self.wait_until_subscribed();
        self.start_probes();
    }

    /// Spin serves HTTP before it has subscribed to the queue's channels. What was published
    /// before waits for a check of health.
    fn wait_until_subscribed(&self) {
        if !self.runtime.is_spin() {
            return;
        }
        for (component, channel) in [("converter", "video"), ("notifier", "mp3")] {
            if !self.running.iter().any(|(spec, _)| spec.runs(component)) {
                continue;
            }
            wait::until(&format!("spin to subscribe to {channel}"), || {
                let (_, subscribers): (String, u64) = redis::cmd("PUBSUB")
                    .arg("NUMSUB")
                    .arg(channel)
                    .query(&mut self.redis.connect())
                    .expect("PUBSUB works");
                (subscribers > 0).then_some(())
            });
        }
    }

    /// Calls the gateway's check of health every second, as probes do on a cluster and the
    /// host does by itself, until the app stops or starts again. On Spin nobody else does.
    fn start_probes(&mut self) {
        self.probes = None;
        let has_gateway = self.running.iter().any(|(spec, _)| spec.runs("gateway"));
        if !self.runtime.is_spin() || !has_gateway {
            return;
        }
        let wanted = Arc::new(());
        let still_wanted = Arc::downgrade(&wanted);
        let client = self.client();
        thread::spawn(move || {
            while still_wanted.upgrade().is_some() {
                client.try_get("/healthz");
                thread::sleep(Duration::from_secs(1));
            }
        });
        self.probes = Some(wanted);
    }

    fn shared_options(&self) -> SharedOptions<'_> {
        let redis = self.redis.url();
        let mut variables = self.setup.variables.clone();
        for (name, value) in [
            ("redis_address", redis.address.clone()),
            ("redis_credentials", redis.credentials.clone()),
            ("public_url", self.base()),
            ("email_api_url", self.mailbox()),
            ("confirm_addresses", "false".to_owned()),
            ("letter_key", LETTER_KEY.to_owned()),
        ] {
            variables.entry(name.to_owned()).or_insert(value);
        }
        if self.setup.layout == Layout::Split {
            let auth = self.origin("auth");
            variables.entry("auth_url".to_owned()).or_insert(auth);
        }
        SharedOptions {
            runtime: &self.runtime,
            manifest: self.setup.manifest(self.folder.path()),
            runtime_config: (self.setup.layout == Layout::Split).then(|| self.runtime_config()),
            variables: variables.into_iter().collect(),
            report_memory: self.setup.report_memory,
        }
    }

    /// A copy of `runtime-config/redis.toml` with the address of this app's Redis.
    fn runtime_config(&self) -> PathBuf {
        let redis = self.redis.url();
        let address = format!("{}{}", redis.credentials, redis.address);
        paths::runtime_config("redis.toml", &address, self.folder.path())
    }

    /// The origin of the process that runs a component.
    fn origin(&self, component: &str) -> String {
        let running = self.running.iter().map(|(spec, _)| spec);
        let spec = running.chain(&self.specs).find(|spec| spec.runs(component));
        spec.expect("one of the components").origin()
    }

    /// `http://127.0.0.1:PORT`: the origin that users call.
    pub fn base(&self) -> String {
        self.origin("gateway")
    }

    /// `127.0.0.1:PORT` of the same.
    pub fn host(&self) -> String {
        self.base().replace("http://", "")
    }

    /// The origin of the local email API.
    pub fn mailbox(&self) -> String {
        self.origin("mailbox")
    }

    /// A client that is not logged in. It sends each request to the process of the
    /// component that the path's prefix names.
    pub fn client(&self) -> Client {
        let mut client = Client::new(&self.base());
        for component in ["auth", "converter", "notifier", "mailbox"] {
            client = client.routed(&format!("/{component}/"), &self.origin(component));
        }
        client.routed("/site/", &self.origin("website"))
    }

    /// A client of only the process that runs a component.
    pub fn client_of(&self, component: &str) -> Client {
        Client::new(&self.origin(component))
    }

    /// A client that is logged in to a new account.
    pub fn user(&self, name: &str) -> Client {
        self.client().signed_up(&email(name), PASSWORD)
    }

    /// Direct access to the stores.
    pub fn stored(&self) -> Stored<'_> {
        let files = match self.setup.layout {
            Layout::Together => Files::Sqlite(self.specs[0].state.join("sqlite_key_value.db")),
            Layout::Split => Files::Redis,
        };
        Stored::new(files, &self.redis)
    }

    /// The database files of all processes, as `PROCESS/FILE`, sorted.
    pub fn databases(&self) -> Vec<String> {
        let mut found = Vec::new();
        for spec in &self.specs {
            let files = std::fs::read_dir(&spec.state)
                .into_iter()
                .flatten()
                .flatten();
            let names = files.filter_map(|file| file.file_name().into_string().ok());
            let databases = names.filter(|name| name.ends_with(".db"));
            found.extend(databases.map(|name| format!("{}/{name}", spec.name)));
        }
        found.sort();
        found
    }

    /// The runtime that serves the app.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The log so far.
    pub fn log(&self) -> String {
        let logs: Vec<_> = self
            .running
            .iter()
            .map(|(_, process)| process.log())
            .collect();
        logs.join("\n")
    }

    /// Shuts the app down gracefully and returns the whole log.
    pub fn stop(&mut self) -> String {
        self.probes = None;
        let logs: Vec<_> = self.running.iter_mut().map(|(_, it)| it.stop()).collect();
        logs.join("\n")
    }

    /// The process id of the host in the one-process layout. Spin has several processes.
    pub fn pid(&self) -> u32 {
        self.running[0].1.id()
    }

    /// Restarts the app with the same state and ports, and with these variables changed.
    pub fn restart_with(&mut self, variables: &[(&str, &str)]) {
        self.stop();
        for (name, value) in variables {
            let value = (*value).to_owned();
            self.setup.variables.insert((*name).to_owned(), value);
        }
        self.start_processes();
    }

    /// Restarts the app with the same state and ports, and with these components alone. An
    /// empty list stands for all.
    pub fn restart_with_only(&mut self, components: &[&'static str]) {
        self.stop();
        self.setup.components = components.to_vec();
        self.start_processes();
    }

    /// The bytes of every file in the state folders: databases with their journals.
    pub fn state_bytes(&self) -> Vec<u8> {
        let folders = self.specs.iter().map(|spec| &spec.state);
        let files = folders.filter_map(|folder| std::fs::read_dir(folder).ok());
        let files = files.flatten().flatten().map(|file| file.path());
        let files = files.filter(|path| path.is_file());
        files
            .filter_map(|path| std::fs::read(path).ok())
            .collect::<Vec<_>>()
            .concat()
    }

    /// Kills all processes.
    pub fn kill(&mut self) {
        for (_, process) in &mut self.running {
            process.kill();
        }
    }

    /// Starts the whole app with the same state and ports, after [`kill`](Self::kill).
    pub fn restart_all(&mut self) {
        self.setup.components.clear();
        self.start_processes();
    }

    /// Kills all processes, then starts the whole app with the same state and ports.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.restart_all();
    }

    /// Replaces a process as a rolling update does: the new process serves on a port of its
    /// own, `ready` is called, and only then is the old process stopped. Services with a
    /// fixed address and state of their own are stopped first and then restarted.
    pub fn roll(&mut self, name: &str, ready: impl FnOnce(&Self)) {
        let at = self.running.iter().position(|(spec, _)| spec.name == name);
        let at = at.unwrap_or_else(|| panic!("there is no process {name}"));
        let mut spec = self.running[at].0.clone();
        if spec.runs("auth") || spec.runs("mailbox") {
            self.running[at].1.stop();
        } else {
            spec.port = free_port();
            spec.state.set_extension(spec.port.to_string());
        }
        let mut process = spec.start(&self.shared_options());
        spec.wait_until_served(&self.runtime, &mut process);
        let (_, mut old) = std::mem::replace(&mut self.running[at], (spec, process));
        ready(self);
        old.stop();
    }

    /// Starts another build of a component, which `wasm` names, beside the app's, with the
    /// same state and variables. Returns a client of that process alone.
    pub fn start_beside(&mut self, component: &'static str, wasm: &Path) -> Client {
        let present = self.specs.iter().find(|spec| spec.runs(component));
        let spec = ProcessSpec {
            name: format!("another {component}"),
            components: vec![component],
            port: free_port(),
            ..present.expect("one of the components").clone()
        };
        let manifest = paths::manifest_with(component, wasm, self.folder.path());
        let shared = SharedOptions {
            manifest,
            ..self.shared_options()
        };
        let mut process = spec.start(&shared);
        spec.wait_until_served(&self.runtime, &mut process);
        let client = Client::new(&spec.origin());
        self.running.push((spec, process));
        client
    }

    /// A client that is logged in as an administrator. Restarts the app, because a variable
    /// lists the administrators.
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
}
