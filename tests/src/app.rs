//! The whole app on free ports: Redis, the runtime, all components.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::client::Client;
use crate::layout::Layout;
use crate::part::{Common, Part};
use crate::paths;
use crate::ports::free_port;
use crate::process::Process;
use crate::redis_server::RedisServer;
use crate::runtime::Runtime;
pub use crate::setup::Setup;
use crate::stored::{Files, Stored};

/// The running app. Everything of it is gone when dropped; if the test is
/// failing by then, its logs are printed.
#[derive(Debug)]
pub struct TestApp {
    // Dropped first: the app ends before its Redis does.
    parts: Vec<(Part, Process)>,
    /// The Redis behind it.
    pub redis: RedisServer,
    folder: TempDir,
    runtime: Runtime,
    setup: Setup,
    /// Every process it may have, whether it is started or not: what is started
    /// again has its old port and state.
    plan: Vec<Part>,
}

/// The password of every account.
pub const PASSWORD: &str = "correct horse battery staple";

/// The address of a user of that name.
pub fn email(name: &str) -> String {
    format!("{name}@example.org")
}

impl Setup {
    /// Starts everything and waits until it serves.
    pub fn start(self) -> TestApp {
        let runtime = Runtime::find_or_skip();
        let redis = if self.own_redis {
            RedisServer::start_local()
        } else {
            RedisServer::start()
        };
        let folder = TempDir::new().expect("a temporary folder can be made");
        let plan = self.layout.parts(&[]).into_iter();
        let plan = plan.map(|(name, components)| Part::new(name, components, folder.path()));
        let mut app = TestApp {
            parts: Vec::new(),
            redis,
            plan: plan.collect(),
            folder,
            runtime,
            setup: self,
        };
        app.start_parts();
        app
    }
}

impl TestApp {
    /// Starts the app as it is by default.
    pub fn start() -> Self {
        Setup::new().start()
    }

    fn start_parts(&mut self) {
        let common = self.common();
        let wanted = self.setup.layout.parts(&self.setup.components);
        // All at once, and then each is waited for.
        let mut started = Vec::new();
        for (name, components) in wanted {
            let part = self.plan.iter().find(|part| part.name == name);
            let part = Part {
                components,
                ..part.expect("a part of the plan").clone()
            };
            let process = part.start(&common);
            started.push((part, process));
        }
        for (part, process) in &mut started {
            part.wait_until_served(&self.runtime, process);
        }
        self.parts = started;
    }

    fn common(&self) -> Common<'_> {
        let redis = self.redis.url();
        let mut variables = self.setup.variables.clone();
        for (name, value) in [
            ("redis_address", redis.address.clone()),
            ("redis_credentials", redis.credentials.clone()),
            ("public_url", self.base()),
            ("email_api_url", self.mailbox()),
        ] {
            variables.entry(name.to_owned()).or_insert(value);
        }
        if self.setup.layout == Layout::Split {
            let auth = self.origin("auth");
            variables.entry("auth_url".to_owned()).or_insert(auth);
        }
        Common {
            runtime: &self.runtime,
            manifest: self.setup.manifest(self.folder.path()),
            runtime_config: (self.setup.layout == Layout::Split).then(|| self.runtime_config()),
            variables: variables.into_iter().collect(),
            report_memory: self.setup.report_memory,
        }
    }

    /// `runtime-config/redis.toml` with this app's Redis in it.
    fn runtime_config(&self) -> PathBuf {
        let redis = self.redis.url();
        let address = format!("{}{}", redis.credentials, redis.address);
        paths::runtime_config("redis.toml", &address, self.folder.path())
    }

    /// The origin of the process that runs a component.
    fn origin(&self, component: &str) -> String {
        let running = self.parts.iter().map(|(part, _)| part);
        let part = running.chain(&self.plan).find(|part| part.runs(component));
        part.expect("one of the components").origin()
    }

    /// `http://127.0.0.1:PORT`: where users are.
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

    /// A client that is not logged in. It finds each component by the prefix of
    /// its routes, in whichever process it is.
    pub fn client(&self) -> Client {
        let mut client = Client::new(&self.base());
        for component in ["auth", "converter", "notifier", "mailbox"] {
            client = client.routed(&format!("/{component}/"), &self.origin(component));
        }
        client
    }

    /// A client of the process that runs a component, and of no other.
    pub fn client_of(&self, component: &str) -> Client {
        Client::new(&self.origin(component))
    }

    /// A client that is logged in with an account of its own.
    pub fn user(&self, name: &str) -> Client {
        self.client().signed_up(&email(name), PASSWORD)
    }

    /// What lies in its stores.
    pub fn stored(&self) -> Stored<'_> {
        let files = match self.setup.layout {
            Layout::Together => Files::Sqlite(self.plan[0].state.join("sqlite_key_value.db")),
            Layout::Split => Files::Redis,
        };
        Stored::new(files, &self.redis)
    }

    /// The databases that its processes have made, as `PROCESS/FILE`, sorted.
    pub fn databases(&self) -> Vec<String> {
        let mut found = Vec::new();
        for part in &self.plan {
            let files = std::fs::read_dir(&part.state)
                .into_iter()
                .flatten()
                .flatten();
            let names = files.filter_map(|file| file.file_name().into_string().ok());
            let databases = names.filter(|name| name.ends_with(".db"));
            found.extend(databases.map(|name| format!("{}/{name}", part.name)));
        }
        found.sort();
        found
    }

    /// The runtime that serves it.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        let logs: Vec<_> = self
            .parts
            .iter()
            .map(|(_, process)| process.log())
            .collect();
        logs.join("\n")
    }

    /// Ends it in an orderly way and returns its whole log.
    pub fn stop(&mut self) -> String {
        let logs: Vec<_> = self.parts.iter_mut().map(|(_, it)| it.stop()).collect();
        logs.join("\n")
    }

    /// The number of its process, where it is laid out as one; Spin has several.
    pub fn pid(&self) -> u32 {
        self.parts[0].1.id()
    }

    /// Ends it and starts it again, with the same state at the same address and
    /// some variables set to something else.
    pub fn restart_with(&mut self, variables: &[(&str, &str)]) {
        self.stop();
        for (name, value) in variables {
            let value = (*value).to_owned();
            self.setup.variables.insert((*name).to_owned(), value);
        }
        self.start_parts();
    }

    /// Ends it from one moment to the next, then starts all of it, with the same
    /// state at the same address.
    pub fn kill_and_restart(&mut self) {
        for (_, process) in &mut self.parts {
            process.kill();
        }
        self.setup.components.clear();
        self.start_parts();
    }

    /// Has another process take the place of one, as a cluster rolls an update
    /// out: the new one serves at a port of its own, `ready` is told so, and only
    /// then the old one is asked to end. What is to be found at a fixed address,
    /// with state of its own, is ended first and started again.
    pub fn roll(&mut self, name: &str, ready: impl FnOnce(&Self)) {
        let at = self.parts.iter().position(|(part, _)| part.name == name);
        let at = at.unwrap_or_else(|| panic!("no process is called {name}"));
        let mut part = self.parts[at].0.clone();
        if part.runs("auth") || part.runs("mailbox") {
            self.parts[at].1.stop();
        } else {
            part.port = free_port();
            part.state.set_extension(part.port.to_string());
        }
        let mut process = part.start(&self.common());
        part.wait_until_served(&self.runtime, &mut process);
        let (_, mut old) = std::mem::replace(&mut self.parts[at], (part, process));
        ready(self);
        old.stop();
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
}
