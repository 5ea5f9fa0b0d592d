//! The app's Redis: a real server for one test, empty at the start.
//!
//! Tried in this order: the server that `REDIS_URL` names, `redis-server` on a free port,
//! and, with the feature `docker`, a container.

use std::process::Command;

use tempfile::TempDir;

use crate::ports::free_port;
use crate::process::Process;
use crate::wait;

mod external;

#[cfg(feature = "docker")]
mod container;

/// A Redis server for one test.
#[derive(Debug)]
pub struct RedisServer {
    url: Url,
    // Held for its Drop.
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    External(#[expect(dead_code, reason = "held for its Drop")] external::Claim),
    Local(Local),
    #[cfg(feature = "docker")]
    Container(#[expect(dead_code, reason = "held for its Drop")] container::Container),
}

/// A Redis address, split as in the app's variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `user:password@`, or an empty string.
    pub credentials: String,
    /// `host:port`.
    pub address: String,
}

/// A `redis-server` process of this test.
#[derive(Debug)]
struct Local {
    process: Option<Process>,
    folder: TempDir,
}

impl RedisServer {
    /// Claims or starts a server and waits until it answers.
    pub fn start() -> Self {
        if let Ok(url) = std::env::var("REDIS_URL") {
            let url = Url::parse(&url);
            return Self {
                kind: Kind::External(external::Claim::take(&url)),
                url,
            };
        }
        if has_redis_server() {
            return Self::start_local();
        }
        #[cfg(feature = "docker")]
        {
            let (container, url) = container::Container::start();
            Self {
                kind: Kind::Container(container),
                url,
            }
        }
        #[cfg(not(feature = "docker"))]
        panic!("no Redis: set REDIS_URL, install redis-server, or test with --features docker");
    }

    /// Starts a `redis-server`, regardless of `REDIS_URL`, for tests that stop it.
    pub fn start_local() -> Self {
        let url = Url {
            credentials: String::new(),
            address: format!("127.0.0.1:{}", free_port()),
        };
        let folder = TempDir::new().expect("a temporary folder can be made");
        let mut server = Self {
            url,
            kind: Kind::Local(Local {
                process: None,
                folder,
            }),
        };
        server.restart();
        server
    }

    /// Whether the test may stop this server.
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Local(_))
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// A new connection.
    pub fn connect(&self) -> redis::Connection {
        self.url
            .connect()
            .unwrap_or_else(|error| panic!("no Redis at {}: {error}", self.url.address))
    }

    /// All keys, sorted.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query(&mut self.connect())
            .expect("KEYS works");
        keys.retain(|key| key != external::MARK);
        keys.sort();
        keys
    }

    /// Everything that is stored: keys, members, fields and values, as text.
    pub fn contents(&self) -> String {
        let mut redis = self.connect();
        let mut text = String::new();
        for key in self.keys() {
            let kind: String = redis::cmd("TYPE")
                .arg(&key)
                .query(&mut redis)
                .expect("TYPE works");
            let (command, arguments): (_, &[&str]) = match kind.as_str() {
                "string" => ("GET", &[]),
                "hash" => ("HGETALL", &[]),
                "list" => ("LRANGE", &["0", "-1"]),
                "set" => ("SMEMBERS", &[]),
                "zset" => ("ZRANGE", &["0", "-1"]),
                "stream" => ("XRANGE", &["-", "+"]),
                // It has expired meanwhile.
                "none" => continue,
                other => panic!("{key} is a {other}"),
            };
            let value: redis::Value = redis::cmd(command)
                .arg(&key)
                .arg(arguments)
                .query(&mut redis)
                .expect("the value can be read");
            text += &format!("{key}: {}\n", flat(&value));
        }
        text
    }

    /// Bytes that the server has sent to all clients, by its own count.
    pub fn bytes_sent(&self) -> u64 {
        let stats: String = redis::cmd("INFO")
            .arg("stats")
            .query(&mut self.connect())
            .expect("INFO works");
        let name = "total_net_output_bytes:";
        let count = stats.lines().find_map(|line| line.strip_prefix(name));
        count
            .and_then(|count| count.trim().parse().ok())
            .unwrap_or_else(|| panic!("{name} in {stats}"))
    }

    /// Makes the server refuse writes without closing connections, by a memory limit.
    pub fn refuse_writes(&self) {
        self.configure("maxmemory", "1");
    }

    /// Makes the server accept writes again.
    pub fn accept_writes(&self) {
        self.configure("maxmemory", "0");
    }

    /// Shuts the server down. It keeps its data.
    pub fn stop(&mut self) {
        self.local().process = None;
    }

    /// Restarts the server at the same address with the same data.
    pub fn restart(&mut self) {
        let (_, port) = self
            .url
            .address
            .rsplit_once(':')
            .expect("an address has a port");
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "yes",
        ]);
        let local = self.local();
        command.arg("--dir").arg(local.folder.path());
        local.process = Some(Process::start("redis-server", &mut command));
        let url = self.url.clone();
        wait::until("redis-server to answer", || url.connect().ok());
    }

    fn local(&mut self) -> &mut Local {
        match &mut self.kind {
            Kind::Local(local) => local,
            _ => panic!("only a Redis that the test has started may be stopped"),
        }
    }

    fn configure(&self, name: &str, value: &str) {
        let () = redis::cmd("CONFIG")
            .arg("SET")
            .arg(name)
            .arg(value)
            .query(&mut self.connect())
            .expect("CONFIG SET works");
    }
}

impl Url {
    fn parse(url: &str) -> Self {
        let rest = url
            .strip_prefix("redis://")
            .unwrap_or_else(|| panic!("REDIS_URL is {url:?}, but these tests speak redis:// only"));
        let rest = rest.trim_end_matches('/');
        let (credentials, address) = match rest.rfind('@') {
            Some(at) => rest.split_at(at + 1),
            None => ("", rest),
        };
        assert!(
            !address.contains('/'),
            "REDIS_URL names a database, which pub/sub would ignore"
        );
        let port = if address.contains(':') { "" } else { ":6379" };
        Self {
            credentials: credentials.into(),
            address: format!("{address}{port}"),
        }
    }

    fn connect(&self) -> redis::RedisResult<redis::Connection> {
        let url = format!("redis://{}{}", self.credentials, self.address);
        let mut connection = redis::Client::open(url)?.get_connection()?;
        // While it loads the append-only file, the server accepts connections but answers
        // with an error.
        redis::cmd("PING").query::<String>(&mut connection)?;
        Ok(connection)
    }
}

fn has_redis_server() -> bool {
    Command::new("redis-server")
        .arg("--version")
        .output()
        .is_ok_and(|out| out.status.success())
}

/// All texts in a reply, separated by spaces.
fn flat(value: &redis::Value) -> String {
    match value {
        redis::Value::Array(items) | redis::Value::Set(items) => {
            items.iter().map(flat).collect::<Vec<_>>().join(" ")
        }
        redis::Value::Map(pairs) => {
            let pairs = pairs.iter();
            let pairs = pairs.map(|(key, value)| format!("{} {}", flat(key), flat(value)));
            pairs.collect::<Vec<_>>().join(" ")
        }
        redis::Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        redis::Value::SimpleString(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn a_redis_url_is_split() {
        for (url, credentials, address) in [
            ("redis://localhost", "", "localhost:6379"),
            ("redis://127.0.0.1:7000/", "", "127.0.0.1:7000"),
            ("redis://u:p@h:1", "u:p@", "h:1"),
            ("redis://:p@ss@h", ":p@ss@", "h:6379"),
        ] {
            let parts = Url {
                credentials: credentials.into(),
                address: address.into(),
            };
            assert_eq!(Url::parse(url), parts, "{url}");
        }
    }
}
