//! The Redis behind the app: a real one, empty at the start, for one test.
//!
//! In this order: the one that `REDIS_URL` names, a `redis-server` of this
//! machine on a free port, and with the feature `docker` one in a container.

use std::process::Command;

use tempfile::TempDir;

use crate::ports::free_port;
use crate::process::Process;
use crate::wait;

mod external;

#[cfg(feature = "docker")]
mod container;

/// A Redis of this test's own.
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

/// The parts of a Redis address as the app's variables want them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `user:password@`, or nothing.
    pub credentials: String,
    /// `host:port`.
    pub address: String,
}

/// A `redis-server` that we started.
#[derive(Debug)]
struct Local {
    process: Option<Process>,
    folder: TempDir,
}

impl RedisServer {
    /// Takes or starts one, and waits until it answers.
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

    /// Starts one of our own, whatever `REDIS_URL` says: for tests that stop it.
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

    /// Whether tests may stop this one.
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Local(_))
    }

    /// The address in parts.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// A connection of the test's own.
    pub fn connect(&self) -> redis::Connection {
        self.url
            .connect()
            .unwrap_or_else(|error| panic!("no Redis at {}: {error}", self.url.address))
    }

    /// Every key there is, sorted.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query(&mut self.connect())
            .expect("KEYS works");
        keys.retain(|key| key != external::MARK);
        keys.sort();
        keys
    }

    /// Bytes that it has sent so far, by its own count: to everybody, whatever it was.
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

    /// From now on it takes no writes, while everybody stays connected: no
    /// memory left, as far as Redis knows.
    pub fn refuse_writes(&self) {
        self.configure("maxmemory", "1");
    }

    /// Takes writes again.
    pub fn accept_writes(&self) {
        self.configure("maxmemory", "0");
    }

    /// Ends it as an orderly shutdown would: what was written is kept.
    pub fn stop(&mut self) {
        self.local().process = None;
    }

    /// Starts it again at its old address, with what was written before.
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
            _ => panic!("only a Redis of our own may be stopped"),
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
        // Busy while it loads the append-only file: not ready until it answers.
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

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn an_address_is_taken_apart() {
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
