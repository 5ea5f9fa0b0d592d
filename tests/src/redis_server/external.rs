//! Somebody else's Redis, borrowed for one test at a time.
//!
//! Channels and keys have fixed names, so that two apps on one Redis would work
//! off each other's queues. Hence a lock between test processes, an empty
//! database at the start, and an empty one left behind.

use std::fs::File;

use super::Url;
use crate::paths;

/// Says that what lies beside it comes from these tests and may be deleted,
/// should a test be killed before it has tidied up.
pub const MARK: &str = "tonearm-e2e";

/// The right to use it alone, until dropped.
#[derive(Debug)]
pub struct Claim {
    url: Url,
    // Unlocked when closed.
    _lock: File,
}

impl Claim {
    /// Waits for its turn and makes sure that nobody's data are at stake.
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
            "REDIS_URL names a Redis with {keys} keys in it; these tests want an empty one, \
             since they delete everything there"
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
