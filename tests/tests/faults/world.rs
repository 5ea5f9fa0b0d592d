//! Tonearm as in a cluster: every service a process of its own, two of those
//! that may be two, and a Redis that keeps what it has confirmed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use tempfile::TempDir;
use tonearm_e2e::client::Client;
use tonearm_e2e::ports::free_port;
use tonearm_e2e::process::Process;
use tonearm_e2e::runtime::{Runtime, variable};
use tonearm_e2e::{paths, wait};

use crate::email_api::EmailApi;
use crate::sight::Sight;
use crate::who::{ALL, Who};

/// Seconds. Short, so that recovery need not be waited for.
const LEASE: u32 = 3;
/// Seconds. Half of what the longest of the files are longer than.
const SEGMENT: u32 = 60;
/// So high that faults alone give nothing up.
const ATTEMPTS: u32 = 1000;
/// Small, so that small files have several chunks.
const CHUNK: u32 = 8192;

/// Where the gateway and the converters keep files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    Sqlite,
    Redis,
}

/// All of it. Gone when dropped.
pub struct World {
    runtime: Runtime,
    folder: TempDir,
    logs: PathBuf,
    pub files: Files,
    ports: BTreeMap<Who, u16>,
    slots: BTreeMap<Who, Mutex<Option<Process>>>,
    pub email: Arc<EmailApi>,
    pub sight: Arc<Sight>,
    /// Processes that have ended without having been killed.
    pub fallen: Mutex<Vec<String>>,
}

impl World {
    /// Starts everything and waits until it serves. What the processes say goes
    /// into the folder `logs`.
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
        let ports: BTreeMap<Who, u16> = ALL.iter().map(|who| (*who, free_port())).collect();
        let sight = Arc::new(Sight::default());
        let email = EmailApi::start(ports[&Who::Mailbox], Arc::clone(&sight));
        let world = Arc::new(Self {
            runtime,
            folder,
            logs: logs.into(),
            files,
            ports,
            slots: ALL.iter().map(|who| (*who, Mutex::default())).collect(),
            email,
            sight: Arc::clone(&sight),
            fallen: Mutex::default(),
        });
        world.write_runtime_config();
        ALL.iter().for_each(|who| world.spawn(*who));
        sight.watch(&world);
        world.wait_until_healthy();
        world
    }

    /// `127.0.0.1:PORT` of one process.
    pub fn address(&self, who: Who) -> String {
        format!("127.0.0.1:{}", self.ports[&who])
    }

    /// A client of one service that is not logged in.
    pub fn client(&self, who: Who) -> Client {
        Client::new(&format!("http://{}", self.address(who)))
    }

    /// A connection to Redis, if it answers.
    pub fn redis(&self) -> redis::RedisResult<redis::Connection> {
        let url = format!("redis://{}", self.address(Who::Redis));
        let mut connection = redis::Client::open(url)?.get_connection()?;
        // Busy while it loads what it has kept.
        redis::cmd("PING").query::<String>(&mut connection)?;
        Ok(connection)
    }

    /// The file of the SQLite store.
    pub fn sqlite(&self) -> PathBuf {
        self.folder.path().join("state/sqlite_key_value.db")
    }

    /// Ends it from one moment to the next. False if it was not running.
    pub fn kill(&self, who: Who) -> bool {
        self.strike(who, Process::kill)
    }

    /// Stops it where it stands. False if it was not running.
    pub fn pause(&self, who: Who) -> bool {
        self.strike(who, |process| process.pause())
    }

    /// Lets it go on.
    pub fn resume(&self, who: Who) {
        self.strike(who, |process| process.resume());
    }

    fn strike(&self, who: Who, blow: impl FnOnce(&mut Process)) -> bool {
        let mut slot = self.slot(who);
        let Some(process) = slot.as_mut() else {
            return false;
        };
        let running = process.is_running();
        if running {
            blow(process);
        }
        running
    }

    /// Starts it again, whether it was killed or has ended by itself.
    pub fn restart(&self, who: Who) {
        // Dropped without the lock: its last lines may be waited for.
        drop(self.slot(who).take());
        self.spawn(who);
    }

    /// Ends it in an orderly way and starts it again.
    pub fn restart_gently(&self, who: Who) {
        if let Some(mut process) = self.slot(who).take() {
            process.stop();
        }
        self.spawn(who);
    }

    /// Restarts every process that ended without having been killed, and records it.
    pub fn restart_ended(&self) {
        for who in ALL {
            if self.strike(who, |_| {}) {
                continue;
            }
            let log = self.logs.join(format!("{who}.log"));
            let mut fallen = self.fallen.lock().expect("nobody panics with it");
            fallen.push(format!("{who} has ended by itself, see {}", log.display()));
            drop(fallen);
            self.restart(who);
        }
    }

    /// Waits until every service says that it could work.
    pub fn wait_until_healthy(&self) {
        wait::until("Redis to answer", || self.redis().ok());
        for who in ALL {
            let Some(path) = who.health() else { continue };
            let client = self.client(who);
            wait::until(&format!("{who} to be healthy"), || {
                client.try_get(path).filter(|reply| reply.status == 200)
            });
        }
    }

    fn slot(&self, who: Who) -> MutexGuard<'_, Option<Process>> {
        self.slots[&who].lock().expect("nobody panics with it")
    }

    fn spawn(&self, who: Who) {
        let path = self.logs.join(format!("{who}.log"));
        let log = File::options().create(true).append(true).open(&path);
        let log = Mutex::new(log.expect("a log file"));
        let sight = Arc::clone(&self.sight);
        let process = Process::start_followed(&who.to_string(), &mut self.command(who), {
            move |line| {
                sight.on_line(who, line);
                let _ = writeln!(log.lock().expect("writing does not panic"), "{line}");
            }
        });
        *self.slot(who) = Some(process);
    }

    fn command(&self, who: Who) -> Command {
        let folder = self.folder.path();
        let port = self.ports[&who].to_string();
        if who == Who::Redis {
            let mut command = Command::new("redis-server");
            command.args(["--port", &port, "--bind", "127.0.0.1", "--save", ""]);
            command.args(["--appendonly", "yes", "--appendfsync", "always"]);
            command.arg("--dir").arg(folder.join("redis"));
            return command;
        }
        // Users are auth's own; only the gateway and the converters share files.
        let state = match who {
            Who::Gateway | Who::Converter(_) => "state",
            _ => "auth",
        };
        let mut command = self.runtime.up();
        command.args(["--component-id", who.component()]);
        command.args(["--listen", &self.address(who)]);
        command.arg("--state-dir").arg(folder.join(state));
        command
            .arg("--runtime-config-file")
            .arg(folder.join(paths::RUNTIME_CONFIG));
        for (name, value) in [
            ("redis_address", self.address(Who::Redis)),
            ("auth_url", format!("http://{}", self.address(Who::Auth))),
            (
                "public_url",
                format!("http://{}", self.address(Who::Gateway)),
            ),
            ("email_api_url", self.email.url()),
            ("lease_seconds", LEASE.to_string()),
            // What is swept shall be litter, and no MP3 that has had its time.
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

    /// The project's own file for this way of running, with our Redis in it.
    fn write_runtime_config(&self) {
        let name = match self.files {
            Files::Sqlite => "local.toml",
            Files::Redis => "redis.toml",
        };
        paths::runtime_config(name, &self.address(Who::Redis), self.folder.path());
    }
}
