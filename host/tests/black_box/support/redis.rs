//! A Redis server for one check.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::runtime::free_port;
use super::wait_for;

/// A Redis server without persistence.
pub struct Redis {
    pub port: u16,
    process: Child,
}

impl Redis {
    pub fn start() -> Self {
        Self::start_at(free_port())
    }

    pub fn start_at(port: u16) -> Self {
        let process = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server must be on PATH (Debian: apt-get install redis-server)");
        wait_for("redis-server to listen", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self { port, process }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn connection(&self) -> redis::Connection {
        redis::Client::open(self.url())
            .unwrap()
            .get_connection()
            .unwrap()
    }

    /// Returns the number of subscribers that received the message.
    pub fn publish(&self, channel: &str, message: &str) -> i64 {
        redis::cmd("PUBLISH")
            .arg(channel)
            .arg(message)
            .query(&mut self.connection())
            .unwrap()
    }

    /// Waits until somebody is subscribed to each channel: Spin's triggers start one after
    /// the other.
    pub fn wait_for_subscribers(&self, channels: &[&str]) {
        wait_for(&format!("a subscriber of {channels:?}"), || {
            let counts: Vec<(String, i64)> = redis::cmd("PUBSUB")
                .arg("NUMSUB")
                .arg(channels)
                .query(&mut self.connection())
                .unwrap();
            counts.iter().all(|(_, count)| *count > 0).then_some(())
        });
    }

    /// What the guest has recorded.
    pub fn seen(&self) -> Vec<String> {
        redis::cmd("LRANGE")
            .arg("seen")
            .arg(0)
            .arg(-1)
            .query(&mut self.connection())
            .unwrap()
    }

    pub fn wait_until_seen(&self, expected: &[&str]) {
        let mut seen = Vec::new();
        let what = format!("{expected:?} to be recorded");
        wait_for(&what, || {
            seen = self.seen();
            (seen.len() >= expected.len()).then_some(())
        });
        assert_eq!(seen, expected);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
