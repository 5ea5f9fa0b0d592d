//! Problem documents (RFC 9457), shared by all services.
//!
//! A problem describes what is wrong and what would be valid (`detail`), and names the
//! field (`field`). Programs match on `code`, which is stable; titles and details may be
//! reworded at any time. Problems about access are generic: they never reveal whether an
//! account or another user's file exists.

use std::fmt;

use serde::Serialize;

/// The media type of a problem document (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A URI that identifies the kind of problem. It cannot be fetched.
    #[serde(rename = "type")]
    pub kind: String,
    /// A summary of the kind, the same for each occurrence.
    pub title: String,
    /// The HTTP status code, so that a saved body is complete.
    pub status: u16,
    /// The stable, machine-readable name in `lower_snake_case`.
    pub code: &'static str,
    /// What happened in this case and how to correct it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The offending field, header or parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds after which a retry makes sense; also sent as `Retry-After`.
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

    /// Sets what happened in this case.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Sets the offending field, header or parameter.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Sets the seconds after which a retry makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The document's bytes, with a final newline for terminals.
    pub fn to_body(&self) -> Vec<u8> {
        // Serializing strings and numbers cannot fail.
        let mut body = serde_json::to_vec_pretty(self).unwrap_or_default();
        body.push(b'\n');
        body
    }
}

/// The detail, or the title without one: for logs.
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
    fn absent_members_are_omitted() {
        let problem = Problem::new(404, "not_found", "Not found");
        insta::assert_snapshot!(String::from_utf8(problem.to_body()).unwrap());
    }
}
