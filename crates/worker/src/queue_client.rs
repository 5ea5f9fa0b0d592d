//! A connection to the queue that survives broken connections.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use tonearm_jobs::{Jobs, JobsError, Redis, RedisError};

use crate::Clock;

/// Pauses between attempts to reach Redis, in seconds, where a failure would repeat
/// minutes of work.
const RETRY_PAUSES: [u64; 4] = [1, 2, 4, 8];

type Connect<R> = dyn Fn() -> Result<R, RedisError>;

/// The queue behind a connection that is opened again when it breaks.
pub struct QueueClient<R: Redis> {
    jobs: RefCell<Jobs<R>>,
    connect: Box<Connect<R>>,
    clock: Rc<dyn Clock>,
}

impl<R: Redis> fmt::Debug for QueueClient<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueClient").finish_non_exhaustive()
    }
}

impl<R: Redis> QueueClient<R> {
    /// Connects.
    pub fn open(
        connect: impl Fn() -> Result<R, RedisError> + 'static,
        clock: Rc<dyn Clock>,
    ) -> Result<Self, RedisError> {
        Ok(Self {
            jobs: RefCell::new(Jobs::new(connect()?)),
            connect: Box::new(connect),
            clock,
        })
    }

    /// The clock of the worker.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Runs `step`, and once more on a new connection if the old one is broken. Every
    /// step may run twice, since each checks that the claim is still held.
    pub fn call<T>(&self, step: impl Fn(&Jobs<R>) -> Result<T, JobsError>) -> Result<T, JobsError> {
        match step(&self.jobs.borrow()) {
            Err(JobsError::Redis(_)) => {}
            result => return result,
        }
        let connection = (self.connect)()?;
        *self.jobs.borrow_mut() = Jobs::new(connection);
        step(&self.jobs.borrow())
    }

    /// Like [`call`](Self::call), and waits for Redis for up to a quarter of a minute.
    pub fn call_with_retries<T>(
        &self,
        step: impl Fn(&Jobs<R>) -> Result<T, JobsError>,
    ) -> Result<T, JobsError> {
        for pause in RETRY_PAUSES {
            match self.call(&step) {
                Err(JobsError::Redis(error)) => {
                    eprintln!("Redis is unavailable, retrying pause_seconds={pause}: {error}");
                }
                result => return result,
            }
            self.clock.sleep(Duration::from_secs(pause));
        }
        self.call(step)
    }
}
