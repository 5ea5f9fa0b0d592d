//! A `redis-server` for one test, and connections to it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tonearm_redis_client::{Redis, RedisError, Value};

/// Starts a [`RedisServer`], or skips the test: returns from the calling function
/// where there is no `redis-server` on PATH.
#[macro_export]
macro_rules! require_redis {
    () => {
        $crate::redis_server::RedisServer::start($crate::require_tool!("redis-server"))
    };
}

/// A `redis-server` on a socket in a temporary folder. Dropping it stops it.
#[derive(Debug)]
pub struct RedisServer {
    program: PathBuf,
    child: Child,
    folder: tempfile::TempDir,
    options: &'static [&'static str],
}

impl RedisServer {
    /// A server without persistence. `program` is the path of `redis-server`.
    pub fn start(program: PathBuf) -> Self {
        Self::start_with(program, &[])
    }

    /// A server that survives being killed. With `everysec`, Redis would lose
    /// confirmed writes while the disk is busy.
    pub fn durable(program: PathBuf) -> Self {
        let options = &["--appendonly", "yes", "--appendfsync", "always"];
        Self::start_with(program, options)
    }

    fn start_with(program: PathBuf, options: &'static [&'static str]) -> Self {
        // In memory where possible: only the process is killed, never the machine.
        let folder = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a temporary folder can be created");
        let child = spawn(&program, folder.path(), options);
        Self {
            program,
            child,
            folder,
            options,
        }
    }

    /// The path of its Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// Kills the server and starts it again on its data.
    pub fn restart(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.child = spawn(&self.program, self.folder.path(), self.options);
    }

    /// Kills the server.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }

    /// A new connection, once the server answers.
    pub fn connect(&self) -> Connection {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            // While it loads its data the server accepts and replies with errors.
            let connection = self
                .try_connect()
                .and_then(|connection| connection.run("PING", &[]).map(|_| connection));
            match connection {
                Ok(connection) => return connection,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// A new connection, if the server accepts one now.
    pub fn try_connect(&self) -> Result<Connection, RedisError> {
        redis::Client::open(format!("redis+unix://{}", self.socket().display()))
            .and_then(|client| client.get_connection())
            .map(|connection| Connection(RefCell::new(connection)))
            .map_err(|error| RedisError(error.to_string()))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // A server that a test killed has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &Path, folder: &Path, options: &[&str]) -> Child {
    Command::new(program)
        .args(["--port", "0", "--save", "", "--unixsocket"])
        .arg(folder.join("socket"))
        .arg("--dir")
        .arg(folder)
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server can be started")
}

/// A connection that flattens replies as Spin's interface does.
pub struct Connection(RefCell<redis::Connection>);

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

impl Redis for Connection {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        let mut request = redis::cmd(command);
        for argument in arguments {
            request.arg(*argument);
        }
        let reply: redis::Value = request
            .query(&mut *self.0.borrow_mut())
            .map_err(|error| RedisError(error.to_string()))?;
        let mut flat = Vec::new();
        flatten(reply, &mut flat);
        Ok(flat)
    }
}

fn flatten(value: redis::Value, flat: &mut Vec<Value>) {
    use redis::Value as V;
    match value {
        V::Nil => flat.push(Value::Nil),
        V::Int(number) => flat.push(Value::Int(number)),
        V::BulkString(bytes) => flat.push(Value::Bytes(bytes)),
        V::SimpleString(text) => flat.push(Value::Status(text)),
        V::Okay => flat.push(Value::Status("OK".to_owned())),
        V::Array(values) => values.into_iter().for_each(|value| flatten(value, flat)),
        other => panic!("unexpected reply {other:?}"),
    }
}

impl Connection {
    /// The reply to a command about `key` whose reply is one number.
    pub fn count(&self, command: &str, key: &str) -> i64 {
        let reply = self.run(command, &[key]).expect("Redis replies");
        reply[0].int().expect("the reply is a number")
    }

    /// The texts of a reply.
    pub fn texts(&self, command: &str, arguments: &[&str]) -> Vec<String> {
        let reply = self.run(command, arguments).expect("Redis replies");
        reply.iter().filter_map(Value::text).collect()
    }

    /// Sets the time of every member of the sorted set `key` to the past.
    pub fn expire_all(&self, key: &str) {
        for member in self.texts("ZRANGE", &[key, "0", "-1"]) {
            self.run("ZADD", &[key, "XX", "0", &member])
                .expect("Redis replies");
        }
    }

    /// All keys, sorted.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = self.texts("KEYS", &["*"]);
        keys.sort();
        keys
    }
}
