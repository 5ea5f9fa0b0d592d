//! Every failure of the account state.

use tonearm_redis_client::{RedisError, Value};

/// Why the facts about an account could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountStateError {
    /// Redis could not be reached or answered with an error.
    #[error(transparent)]
    Redis(#[from] RedisError),
    /// Redis answered in another form than the command has.
    #[error("{0}")]
    Reply(String),
}

impl AccountStateError {
    pub(crate) fn unexpected(key: &str, reply: &[Value]) -> Self {
        Self::Reply(format!("{key}: unexpected reply of {} values", reply.len()))
    }
}
