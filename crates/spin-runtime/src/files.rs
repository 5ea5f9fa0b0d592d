//! The file store: Spin's key-value store, with retries while it is locked.

use std::sync::Arc;
use std::time::Duration;

use spin_sdk::key_value::{Error, Store as KeyValue};
use tonearm_blobs::{BlobError, Store};

/// Pauses between attempts. Two processes on one SQLite file can get "database is
/// locked", and remote stores fail now and then. All pauses together take about three
/// seconds, which is longer than any single write.
const PAUSES_MS: [u64; 7] = [5, 20, 80, 200, 500, 800, 1500];

/// The store named `default`.
#[derive(Debug, Clone)]
pub struct Files(Arc<KeyValue>);

impl Files {
    /// Opens the store.
    pub fn open() -> Result<Self, BlobError> {
        let store = with_retries("default", || KeyValue::open("default"))?;
        Ok(Self(Arc::new(store)))
    }
}

impl Store for Files {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError> {
        with_retries(key, || self.0.get(key))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError> {
        with_retries(key, || self.0.set(key, value))
    }

    fn delete(&self, key: &str) -> Result<(), BlobError> {
        with_retries(key, || self.0.delete(key))
    }

    fn exists(&self, key: &str) -> Result<bool, BlobError> {
        with_retries(key, || self.0.exists(key))
    }
}

/// Repeats the operation while its error may be transient. Every operation here may be
/// repeated: a chunk only grows while its one writer waits for the answer.
fn with_retries<T>(key: &str, operation: impl Fn() -> Result<T, Error>) -> Result<T, BlobError> {
    let mut pauses = PAUSES_MS.iter();
    loop {
        let reason = match operation() {
            Ok(value) => return Ok(value),
            Err(error @ (Error::NoSuchStore | Error::AccessDenied)) => {
                return Err(BlobError::Store {
                    key: key.to_owned(),
                    reason: error.to_string(),
                });
            }
            Err(Error::StoreTableFull) => "too many stores are open".to_owned(),
            Err(Error::Other(reason)) => reason,
        };
        let Some(pause) = pauses.next() else {
            return Err(BlobError::Store {
                key: key.to_owned(),
                reason,
            });
        };
        std::thread::sleep(Duration::from_millis(*pause));
    }
}
