//! Direct access to the app's stores, without the app.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::redis_server::RedisServer;

/// The location of the key-value store.
#[derive(Debug)]
pub(crate) enum Files {
    /// A SQLite file; both runtimes use the same table.
    Sqlite(PathBuf),
    /// Redis, beside the queues; keys have no prefix.
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

    /// All keys in the key-value store, sorted.
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
            .expect("the table has Spin's schema");
        let keys = query
            .query_map([], |row| row.get(0))
            .expect("keys can be read");
        keys.collect::<Result<_, _>>().expect("keys are text")
    }

    /// The keys of uploads and MP3s.
    pub fn blobs(&self) -> Vec<String> {
        let mut files = self.files();
        files.retain(|key| key.starts_with("blob:"));
        files
    }

    /// All keys in Redis that belong to jobs, sorted. Which jobs were deleted is remembered
    /// for some minutes.
    pub fn job_keys(&self) -> Vec<String> {
        let of_a_job = ["tonearm:job:", "tonearm:owner:", "tonearm:garbage"];
        let mut keys = self.redis.keys();
        keys.retain(|key| of_a_job.iter().any(|prefix| key.starts_with(prefix)));
        keys.retain(|key| !key.ends_with(":gone"));
        keys
    }

    /// Whether no key of a file or a job is left.
    pub fn is_empty(&self) -> bool {
        self.blobs().is_empty() && self.job_keys().is_empty()
    }

    /// The keys of one job's files.
    pub fn blobs_of(&self, id: &str) -> Vec<String> {
        let mut blobs = self.blobs();
        blobs.retain(|key| key.contains(id));
        blobs
    }
}
