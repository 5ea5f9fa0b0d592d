//! What a conversion made.

use std::time::Duration;

/// A finished MP3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mp3 {
    /// Name of the blob that holds it.
    pub blob: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Playing time.
    pub duration: Duration,
}
