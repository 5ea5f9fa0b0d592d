//! A stored email.

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tonearm_mail::Received;

/// An email and the time of its arrival.
#[derive(Debug, Serialize)]
pub(crate) struct Mail {
    /// `MILLISECONDS-NUMBER`, the id of the stream entry.
    pub(crate) id: String,
    /// RFC 3339, UTC.
    pub(crate) received_at: String,
    #[serde(flatten)]
    pub(crate) content: Received,
}

impl Mail {
    pub(crate) fn new(id: String, content: Received) -> Self {
        let received_at = received_at(&id).unwrap_or_default();
        Self {
            id,
            received_at,
            content,
        }
    }
}

/// The time encoded in the id of a stream entry.
fn received_at(id: &str) -> Option<String> {
    let ms: i128 = id.split_once('-')?.0.parse().ok()?;
    let at = OffsetDateTime::from_unix_timestamp_nanos(ms.checked_mul(1_000_000)?).ok()?;
    at.format(&Rfc3339).ok()
}
