//! Times as text.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Formats `ms`, milliseconds since 1970, as RFC 3339 in UTC. The result is empty
/// for a time after the year 9999.
pub fn rfc3339(ms: u64) -> String {
    let nanoseconds = i128::from(ms) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}
