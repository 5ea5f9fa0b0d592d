//! What lies in the stores, looked at behind the app's back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::redis_server::RedisServer;

/// Where the key-value store is.
#[derive(Debug)]
pub(crate) enum Files {
    /// Both runtimes keep it in such a file, in the same table.
    Sqlite(PathBuf),
    /// Beside the queues: keys are what they are.
    Redis,
}

/// The stores of one app.
#[derive(Debug)]
pub struct Stored<'a> {
    files: Files,
    redis: &'a RedisServer,
}

impl<'a> Stored<'a> {
    pub(crate) fn new(files: Files, redis: &'a RedisServer) -> Self {
        Self { files, redis }
    }

    /// The names of every key in the key-value store, sorted.
    pub fn files(&self) -> Vec<String> {
        match &self.files {
            Files::Sqlite(file) => Self::in_sqlite(file),
            Files::Redis => {
                let mut keys = self.redis.keys();
                keys.retain(|key| !key.starts_with("tonearm:"));
                keys
            }
        }
    }

    fn in_sqlite(file: &Path) -> Vec<String> {
        if !file.exists() {
            return Vec::new();
        }
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
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

    /// Those of them that hold parts of uploads and MP3s.
    pub fn blobs(&self) -> Vec<String> {
        let mut files = self.files();
        files.retain(|key| key.starts_with("blob:"));
        files
    }

    /// The names of every key in Redis that exists because of a job, sorted.
    pub fn job_keys(&self) -> Vec<String> {
        let of_a_job = ["tonearm:job:", "tonearm:owner:", "tonearm:garbage"];
        let mut keys = self.redis.keys();
        keys.retain(|key| of_a_job.iter().any(|prefix| key.starts_with(prefix)));
        keys
    }

    /// Whether there is neither a part of a file nor a trace of a job.
    pub fn is_empty(&self) -> bool {
        self.blobs().is_empty() && self.job_keys().is_empty()
    }

    /// The parts of the files of one job.
    pub fn blobs_of(&self, id: &str) -> Vec<String> {
        let mut blobs = self.blobs();
        blobs.retain(|key| key.contains(id));
        blobs
    }
}
