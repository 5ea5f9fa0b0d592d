//! A point at which decoding can start.

use serde::{Deserialize, Serialize};

/// A point in a file at which a decoder can start. Its record in the queue keeps the
/// field names of version 0.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeekPoint {
    /// The position as the demuxer reports it.
    #[serde(rename = "place")]
    pub(crate) position: u64,
    /// Samples per channel decoded before it.
    pub(crate) decoded: u64,
    /// Samples per channel still to be discarded there: the rest of the encoder's
    /// delay.
    pub(crate) skip: u64,
    /// Samples per channel played before it, at the source's rate.
    #[serde(rename = "heard")]
    pub(crate) played: u64,
    /// Timestamp minus time of the output in nanoseconds, once known.
    #[serde(default)]
    pub(crate) offset: Option<i64>,
    /// The usual difference of timestamps from the output in nanoseconds: jitter.
    #[serde(default)]
    pub(crate) baseline: i64,
}
