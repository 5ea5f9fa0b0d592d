//! What lies in the stores, looked at behind the app's back.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::redis_server::RedisServer;

/// The stores of one app.
#[derive(Debug)]
pub struct Stored<'a> {
    state: &'a Path,
    redis: &'a RedisServer,
}

impl<'a> Stored<'a> {
    pub(crate) fn new(state: &'a Path, redis: &'a RedisServer) -> Self {
        Self { state, redis }
    }

    /// The names of every key in the key-value store, sorted. Both runtimes keep
    /// it in the same file with the same table.
    pub fn files(&self) -> Vec<String> {
        let file = self.state.join("sqlite_key_value.db");
        if !file.exists() {
            return Vec::new();
        }
        let database = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .expect("the key-value file opens");
        database
            .busy_timeout(Duration::from_secs(10))
            .expect("a timeout can be set");
        let mut query = database
            .prepare("SELECT key FROM spin_key_value ORDER BY key")
            .expect("the table is Spin's own");
        let keys = query
            .query_map([], |row| row.get(0))
            .expect("keys can be read");
        keys.collect::<Result<_, _>>().expect("keys are text")
    }

    /// The names of every key in Redis, sorted.
    pub fn keys(&self) -> Vec<String> {
        self.redis.keys()
    }

    /// The names of every key in Redis and the key-value store that speak of
    /// this id.
    pub fn traces_of(&self, id: &str) -> Vec<String> {
        let all = self.files().into_iter().chain(self.keys());
        all.filter(|key| key.contains(id)).collect()
    }
}
