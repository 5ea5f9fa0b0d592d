//! What can go wrong with the queue.

use crate::{RedisError, Value};

/// Every failure of this crate. All but [`Redis`](Self::Redis) mean that what
/// lies in Redis was not written by this version of the program.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// Redis is away or refused. Trying again later makes sense.
    #[error("the queue is unavailable: {0}")]
    Redis(#[from] RedisError),
    /// A script answered something else than it should.
    #[error("the queue answered out of turn to {script}: {answer:?}")]
    Answer {
        /// The script's name.
        script: &'static str,
        /// What came back.
        answer: Vec<Value>,
    },
    /// A job's hash cannot be understood.
    #[error("job {id} is damaged: {reason}")]
    BadRecord {
        /// The job's id, as far as known.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}
