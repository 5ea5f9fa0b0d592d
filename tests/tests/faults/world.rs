//! Tonearm as in a cluster: every service is a process, converter and notifier are two,
//! and Redis keeps every confirmed write.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use tempfile::TempDir;
use tonearm_e2e::app::LETTER_KEY;
use tonearm_e2e::client::Client;
use tonearm_e2e::ports::free_port;
use tonearm_e2e::process::Process;
use tonearm_e2e::runtime::{Runtime, variable};
use tonearm_e2e::{paths, wait};

use crate::email_api::EmailApi;
use crate::monitor::Monitor;
use crate::process::{ALL, ProcessName};

/// Seconds. Short, so that recovery is quick.
const LEASE: u32 = 3;
/// Seconds. Less than half the length of the longest files, so that they are split.
const SEGMENT: u32 = 60;
/// High enough that faults alone never exhaust the attempts.
const ATTEMPTS: u32 = 1000;
/// Bytes. Small, so that small files have several chunks.
const CHUNK: u32 = 8192;

/// The file store of the gateway and the converters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    Sqlite,
    Redis,
}

/// All processes and stores. Dropping it ends and deletes them.
pub struct World {
    runtime: Runtime,
    folder: TempDir,
    logs: PathBuf,
    pub files: Files,
    ports: BTreeMap<ProcessName, u16>,
    slots: BTreeMap<ProcessName, Mutex<Option<Process>>>,
    pub email: Arc<EmailApi>,
    pub monitor: Arc<Monitor>,
    /// Processes that ended without having been killed.
    pub fallen: Mutex<Vec<String>>,
}

impl World {
    /// Starts everything and waits until it serves. The folder `logs` gets the output of
    /// the processes.
    pub fn start(files: Files, logs: &Path) -> Arc<Self> {
        let Ok(runtime @ Runtime::Host(_)) = Runtime::find() else {
            panic!("the fault suite needs the host: Spin ends when Redis does");
        };
        let _ = fs::remove_dir_all(logs);
        fs::create_dir_all(logs).expect("a folder for logs");
        let folder = TempDir::new().expect("a temporary folder");
        for name in ["redis", "state", "auth"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let ports: BTreeMap<ProcessName, u16> =
            ALL.iter().map(|name| (*name, free_port())).collect();
        let monitor = Arc::new(Monitor::default());
        let email = EmailApi::start(ports[&ProcessName::Mailbox], Arc::clone(&monitor));
        let world = Arc::new(Self {
            runtime,
            folder,
            logs: logs.into(),
            files,
            ports,
            slots: ALL.iter().map(|name| (*name, Mutex::default())).collect(),
            email,
            monitor: Arc::clone(&monitor),
            fallen: Mutex::default(),
        });
        world.write_runtime_config();
        ALL.iter().for_each(|name| world.spawn(*name));
        monitor.watch(&world);
        world.wait_until_healthy();
        world
    }

    /// `127.0.0.1:PORT` of one process.
    pub fn address(&self, name: ProcessName) -> String {
        format!("127.0.0.1:{}", self.ports[&name])
    }

    /// A client of one service that is not logged in.
    pub fn client(&self, name: ProcessName) -> Client {
        Client::new(&format!("http://{}", self.address(name)))
    }

    /// A connection to Redis, if it answers.
    pub fn redis(&self) -> redis::RedisResult<redis::Connection> {
        let url = format!("redis://{}", self.address(ProcessName::Redis));
        let mut connection = redis::Client::open(url)?.get_connection()?;
        // Replies with an error while it loads its data.
        redis::cmd("PING").query::<String>(&mut connection)?;
        Ok(connection)
    }

    /// The file of the SQLite store.
    pub fn sqlite(&self) -> PathBuf {
        self.folder.path().join("state/sqlite_key_value.db")
    }

    /// Kills the process with SIGKILL. False if it was not running.
    pub fn kill(&self, name: ProcessName) -> bool {
        self.strike(name, Process::kill)
    }

    /// Pauses the process with SIGSTOP. False if it was not running.
    pub fn pause(&self, name: ProcessName) -> bool {
        self.strike(name, |process| process.pause())
    }

    /// Resumes the process with SIGCONT.
    pub fn resume(&self, name: ProcessName) {
        self.strike(name, |process| process.resume());
    }

    fn strike(&self, name: ProcessName, strike: impl FnOnce(&mut Process)) -> bool {
        let mut slot = self.slot(name);
        let Some(process) = slot.as_mut() else {
            return false;
        };
        let running = process.is_running();
        if running {
            strike(process);
        }
        running
    }

    /// Starts the process again, whether it was killed or has ended.
    pub fn restart(&self, name: ProcessName) {
        // Dropped without the lock, since the drop may wait for its last lines.
        drop(self.slot(name).take());
        self.spawn(name);
    }

    /// Stops the process gracefully and starts it again.
    pub fn restart_gently(&self, name: ProcessName) {
        if let Some(mut process) = self.slot(name).take() {
            process.stop();
        }
        self.spawn(name);
    }

    /// Restarts every process that ended without having been killed, and records it.
    pub fn restart_ended(&self) {
        for name in ALL {
            if self.strike(name, |_| {}) {
                continue;
            }
            let log = self.logs.join(format!("{name}.log"));
            let mut fallen = self.fallen.lock().expect("no holder panics");
            fallen.push(format!(
                "{name} has ended without having been killed, see {}",
                log.display()
            ));
            drop(fallen);
            self.restart(name);
        }
    }

    /// Waits until every health check succeeds.
    pub fn wait_until_healthy(&self) {
        wait::until("Redis to answer", || self.redis().ok());
        for name in ALL {
            let Some(path) = name.health() else { continue };
            let client = self.client(name);
            wait::until(&format!("{name} to be healthy"), || {
                client.try_get(path).filter(|reply| reply.status == 200)
            });
        }
    }

    fn slot(&self, name: ProcessName) -> MutexGuard<'_, Option<Process>> {
        self.slots[&name].lock().expect("no holder panics")
    }

    fn spawn(&self, name: ProcessName) {
        let path = self.logs.join(format!("{name}.log"));
        let log = File::options().create(true).append(true).open(&path);
        let log = Mutex::new(log.expect("a log file"));
        let monitor = Arc::clone(&self.monitor);
        let process = Process::start_followed(&name.to_string(), &mut self.command(name), {
            move |line| {
                monitor.on_line(name, line);
                let _ = writeln!(log.lock().expect("writing does not panic"), "{line}");
            }
        });
        *self.slot(name) = Some(process);
    }

    fn command(&self, name: ProcessName) -> Command {
        let folder = self.folder.path();
        let port = self.ports[&name].to_string();
        if name == ProcessName::Redis {
            let mut command = Command::new("redis-server");
            command.args(["--port", &port, "--bind", "127.0.0.1", "--save", ""]);
            command.args(["--appendonly", "yes", "--appendfsync", "always"]);
            command.arg("--dir").arg(folder.join("redis"));
            return command;
        }
        // Gateway and converters share the file store; the users belong to auth.
        let state = match name {
            ProcessName::Gateway | ProcessName::Converter(_) => "state",
            _ => "auth",
        };
        let mut command = self.runtime.up();
        command.args(["--component-id", name.component()]);
        command.args(["--listen", &self.address(name)]);
        command.arg("--state-dir").arg(folder.join(state));
        command
            .arg("--runtime-config-file")
            .arg(folder.join(paths::RUNTIME_CONFIG));
        for (name, value) in [
            ("redis_address", self.address(ProcessName::Redis)),
            (
                "auth_url",
                format!("http://{}", self.address(ProcessName::Auth)),
            ),
            (
                "public_url",
                format!("http://{}", self.address(ProcessName::Gateway)),
            ),
            ("email_api_url", self.email.url()),
            ("confirm_addresses", "false".to_owned()),
            ("letter_key", LETTER_KEY.to_owned()),
            ("lease_seconds", LEASE.to_string()),
            // Expiring all garbage must not expire MP3s.
            ("mp3_keep_seconds", "0".to_owned()),
            ("segment_seconds", SEGMENT.to_string()),
            ("convert_max_attempts", ATTEMPTS.to_string()),
            ("email_max_attempts", ATTEMPTS.to_string()),
            ("user_max_active_jobs", ATTEMPTS.to_string()),
            ("chunk_bytes", CHUNK.to_string()),
        ] {
            command.args(variable(name, &value));
        }
        command
    }

    /// The project's runtime configuration for this file store, with this Redis.
    fn write_runtime_config(&self) {
        let name = match self.files {
            Files::Sqlite => "local.toml",
            Files::Redis => "redis.toml",
        };
        paths::runtime_config(name, &self.address(ProcessName::Redis), self.folder.path());
    }
}
