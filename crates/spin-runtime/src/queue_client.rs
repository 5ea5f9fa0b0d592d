//! A worker's line to the queue, which outlives broken connections.

use std::cell::RefCell;
use std::time::Duration;

use tonearm_jobs::{Jobs, JobsError, RedisError};

use crate::queue::{self, Connected, OpenError};

/// Pauses between tries to reach Redis when much hangs on it, in seconds: minutes
/// of conversion would be done again.
const PATIENCE: [u64; 4] = [1, 2, 4, 8];
/// The line to the queue, reconnected when it breaks.
#[derive(Debug)]
pub struct QueueClient(RefCell<Jobs<Connected>>);

impl QueueClient {
    /// Connects.
    pub fn open() -> Result<Self, OpenError> {
        Ok(Self(RefCell::new(queue::open()?)))
    }

    /// Asks once more on a new connection if the old one is broken. Every
    /// question may be asked twice: each step checks that the claim still holds.
    pub fn call<T>(
        &self,
        question: impl Fn(&Jobs<Connected>) -> Result<T, JobsError>,
    ) -> Result<T, JobsError> {
        match question(&self.0.borrow()) {
            Err(JobsError::Redis(_)) => {}
            answer => return answer,
        }
        let again = queue::open().map_err(|error| match error {
            OpenError::Redis(error) => error,
            OpenError::Config(error) => RedisError(error.to_string()),
        })?;
        *self.0.borrow_mut() = again;
        question(&self.0.borrow())
    }

    /// The same with patience, for steps that much work hangs on.
    pub fn call_with_retries<T>(
        &self,
        question: impl Fn(&Jobs<Connected>) -> Result<T, JobsError>,
    ) -> Result<T, JobsError> {
        for pause in PATIENCE {
            match self.call(&question) {
                Err(JobsError::Redis(error)) => eprintln!("waiting for Redis: {error}"),
                answer => return answer,
            }
            std::thread::sleep(Duration::from_secs(pause));
        }
        self.call(question)
    }
}

/// A name for this invocation of a service, told from all others: it stands in
/// the history of the jobs that it works on, and in the log.
pub fn worker_name(service: &str) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("{service}-{}", &id[..8])
}

/// From 0 to 1, at random: for pauses that should not all end together.
pub fn jitter() -> f64 {
    let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
    high as f64 / u64::MAX as f64
}
