//! The job queue on a connection to Redis.

use tonearm_jobs::Jobs;

pub use crate::redis::{Connected, OpenError};

/// Connects to the queue.
pub fn open() -> Result<Jobs<Connected>, OpenError> {
    Ok(Jobs::new(crate::redis::connect()?))
}
