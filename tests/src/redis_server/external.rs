//! An external Redis, used by one test at a time.
//!
//! Channels and keys have fixed names, so two apps on one Redis would process each other's
//! jobs. Test processes therefore take turns by a lock, and empty the database before and
//! after use.

use std::fs::File;

use super::Url;
use crate::paths;

/// A key that marks the data as belonging to these tests, so that the next test may delete
/// what a killed one has left.
pub const MARK: &str = "tonearm-e2e";

/// Exclusive use of the server, until dropped.
#[derive(Debug)]
pub struct Claim {
    url: Url,
    // Closing the file unlocks it.
    _lock: File,
}

impl Claim {
    /// Waits for the lock and checks that the server has no other data.
    pub fn take(url: &Url) -> Self {
        let lock = File::create(paths::media_cache().join("redis.lock")).expect("a lock file");
        lock.lock().expect("the lock can be waited for");
        let mut connection = url
            .connect()
            .unwrap_or_else(|error| panic!("REDIS_URL: no Redis at {}: {error}", url.address));
        let keys: u64 = redis::cmd("DBSIZE")
            .query(&mut connection)
            .expect("DBSIZE works");
        let marked: bool = redis::cmd("EXISTS")
            .arg(MARK)
            .query(&mut connection)
            .expect("EXISTS works");
        assert!(
            keys == 0 || marked,
            "REDIS_URL names a Redis with {keys} keys; these tests need an empty one, because they \
             delete everything in it"
        );
        let claim = Self {
            url: url.clone(),
            _lock: lock,
        };
        claim.wipe();
        let () = redis::cmd("SET")
            .arg(MARK)
            .arg(1)
            .query(&mut connection)
            .expect("SET works");
        claim
    }

    fn wipe(&self) {
        if let Ok(mut connection) = self.url.connect() {
            let _ = redis::cmd("CONFIG")
                .arg("SET")
                .arg("maxmemory")
                .arg("0")
                .query::<()>(&mut connection);
            let _ = redis::cmd("FLUSHDB").query::<()>(&mut connection);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.wipe();
    }
}
