//! Errors of the queue.

use crate::{RedisError, Value};

/// Every failure of this crate. All but [`Redis`](Self::Redis) mean that another
/// version of the program wrote the data in Redis.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// Redis could not be reached or refused. A later call may succeed.
    #[error("the queue is unavailable: {0}")]
    Redis(#[from] RedisError),
    /// A script or command replied in an unexpected form.
    #[error("unexpected reply from script {script}: {reply:?}")]
    Reply {
        /// The name of the script.
        script: &'static str,
        /// The reply, flattened.
        reply: Vec<Value>,
    },
    /// A job's hashes could not be parsed.
    #[error("job {id} is damaged: {reason}")]
    BadRecord {
        /// The id of the job, as far as known.
        id: String,
        /// The missing or invalid field.
        reason: String,
    },
}
