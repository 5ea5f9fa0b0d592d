//! Problem documents (RFC 9457) as every Tonearm service answers them.
//!
//! A problem says what was wrong (`detail`), in which field (`field`) and
//! what would be right (in `detail`, in words). `code` is the stable name that
//! programs match on; titles and details may be reworded at any time.
//! Security problems stay generic: they never tell whether an account or
//! somebody else's file exists.

use std::fmt;

use serde::Serialize;

/// The media type of a problem document (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One problem, ready to be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A URI that names the kind of problem; it identifies and is not fetched.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short summary of the kind, the same for each occurrence.
    pub title: String,
    /// The HTTP status code, repeated for readers of a saved body.
    pub status: u16,
    /// Stable, machine-readable name, `lower_snake_case`.
    pub code: &'static str,
    /// What happened this time and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The offending field, header or parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds after which trying again makes sense; also sent as `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem of the kind `code`, with its fixed title.
    pub fn new(status: u16, code: &'static str, title: &str) -> Self {
        Self {
            kind: format!("urn:tonearm:problem:{code}"),
            title: title.to_owned(),
            status,
            code,
            detail: None,
            field: None,
            retry_after: None,
        }
    }

    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the offending field, header or parameter.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says when trying again makes sense, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The document's bytes, with a newline at the end for terminals.
    pub fn to_body(&self) -> Vec<u8> {
        // Strings and numbers only: serialising them has no way to fail.
        let mut body = serde_json::to_vec_pretty(self).unwrap_or_default();
        body.push(b'\n');
        body
    }
}

/// For logs: what happened, in words.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail.as_deref().unwrap_or(&self.title))
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_format() {
        let problem = Problem::new(413, "upload_too_large", "Upload too large")
            .detail("The upload is larger than 10 bytes.")
            .field("file")
            .retry_after(5);
        insta::assert_snapshot!(String::from_utf8(problem.to_body()).unwrap());
    }

    #[test]
    fn absent_members_are_left_out() {
        let problem = Problem::new(404, "not_found", "Not found");
        insta::assert_snapshot!(String::from_utf8(problem.to_body()).unwrap());
    }
}
