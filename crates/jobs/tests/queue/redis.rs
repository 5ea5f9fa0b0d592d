//! A real Redis for one test, and what every test needs of it.

use std::cell::RefCell;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tonearm_jobs::{
    Accepted, Claim, Damage, JobId, Jobs, Mp3, NewJob, Queue, Redis, RedisError, Uploader, Value,
};
use tonearm_options::Options;

pub const LEASE: Duration = Duration::from_secs(60);
/// A lease that has run out by the time of the next command.
pub const NO_LEASE: Duration = Duration::ZERO;

/// A small MP3 of a second and a half.
pub fn mp3(blob: impl Into<String>) -> Mp3 {
    Mp3 {
        blob: blob.into(),
        bytes: 9,
        duration: Duration::from_millis(1500),
        damage: Damage::default(),
    }
}

/// A `redis-server` on a socket in a temporary folder, gone with this value.
pub struct Server {
    child: Child,
    folder: tempfile::TempDir,
    options: &'static [&'static str],
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// One that keeps its append-only file, so that it can be killed. With
    /// `everysec` it would lose what it has answered, where the disk is busy.
    pub fn durable() -> Self {
        Self::start_with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    fn start_with(options: &'static [&'static str]) -> Self {
        // In memory where there is such a folder: the process is killed and not
        // the machine, and a test needs no disk.
        let folder =
            tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap());
        let child = Self::spawn(folder.path(), options);
        Self {
            child,
            folder,
            options,
        }
    }

    fn spawn(folder: &Path, options: &[&str]) -> Child {
        Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(folder.join("socket"))
            .arg("--dir")
            .arg(folder)
            .args(options)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is on PATH: scripts/setup.sh --tests sees to it")
    }

    /// Kills it and starts it again on what it left.
    pub fn restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Self::spawn(self.folder.path(), self.options);
    }

    pub fn connect(&self) -> Connection {
        let url = format!(
            "redis+unix://{}",
            self.folder.path().join("socket").display()
        );
        let client = ::redis::Client::open(url).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match client.get_connection() {
                Ok(connection) => {
                    let connection = Connection(RefCell::new(connection));
                    // One that still loads its data answers that it does.
                    if connection.run("PING", &[]).is_ok() {
                        return connection;
                    }
                }
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::yield_now();
        }
    }

    pub fn jobs(&self) -> Jobs<Connection> {
        Jobs::new(self.connect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Flattens answers as Spin's interface does.
pub struct Connection(RefCell<::redis::Connection>);

impl Redis for Connection {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        let mut request = ::redis::cmd(command);
        for argument in arguments {
            request.arg(*argument);
        }
        let answer: ::redis::Value = request
            .query(&mut *self.0.borrow_mut())
            .map_err(|error| RedisError(error.to_string()))?;
        let mut flat = Vec::new();
        flatten(answer, &mut flat);
        Ok(flat)
    }
}

fn flatten(value: ::redis::Value, flat: &mut Vec<Value>) {
    use ::redis::Value as V;
    match value {
        V::Nil => flat.push(Value::Nil),
        V::Int(number) => flat.push(Value::Int(number)),
        V::BulkString(bytes) => flat.push(Value::Bytes(bytes)),
        V::SimpleString(text) => flat.push(Value::Status(text)),
        V::Okay => flat.push(Value::Status("OK".to_owned())),
        V::Array(values) => values.into_iter().for_each(|value| flatten(value, flat)),
        other => panic!("unexpected answer {other:?}"),
    }
}

impl Connection {
    /// One command whose answer is one number.
    pub fn count(&self, command: &str, key: &str) -> i64 {
        self.run(command, &[key]).unwrap()[0].int().unwrap()
    }

    /// An answer as texts.
    pub fn texts(&self, command: &str, arguments: &[&str]) -> Vec<String> {
        let answer = self.run(command, arguments).unwrap();
        answer.iter().filter_map(Value::text).collect()
    }

    /// As if everything in the sorted set `key` had come to its time.
    pub fn time_passes(&self, key: &str) {
        for member in self.texts("ZRANGE", &[key, "0", "-1"]) {
            self.run("ZADD", &[key, "XX", "0", &member]).unwrap();
        }
    }

    /// Every key there is, sorted.
    pub fn keys(&self) -> Vec<String> {
        let answer = self.run("KEYS", &["*"]).unwrap();
        let mut keys: Vec<_> = answer.iter().filter_map(Value::text).collect();
        keys.sort();
        keys
    }
}

pub fn uploader() -> Uploader {
    Uploader {
        owner: "u1".to_owned(),
        username: "ada@example.org".to_owned(),
        traceparent: String::new(),
    }
}

pub fn file() -> NewJob {
    let id = JobId::generate();
    NewJob {
        id,
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        bytes: 1000,
        blob: format!("video/{id}"),
        options: Options::default(),
    }
}

/// Stages and accepts `count` files of the usual user.
pub fn accept(jobs: &Jobs<Connection>, count: usize) -> Vec<NewJob> {
    let files: Vec<_> = (0..count).map(|_| file()).collect();
    for file in &files {
        jobs.stage(&[&file.blob], LEASE).unwrap();
    }
    assert_eq!(
        jobs.accept(&uploader(), &files, 100).unwrap(),
        Accepted::All
    );
    files
}

pub fn claim(jobs: &Jobs<Connection>, queue: Queue, lease: Duration) -> Claim {
    jobs.claim(queue, "worker", lease)
        .unwrap()
        .expect("an entry is due")
}
