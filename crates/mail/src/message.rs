//! An email, ready for any provider.

use std::fmt;

use crate::Mailbox;
use crate::escape;

/// Mail programs truncate longer subjects. RFC 5322 allows 998 characters per line.
const MAX_SUBJECT_CHARS: usize = 180;

/// A subject: one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Replaces control characters with spaces and truncates a long text.
    pub fn new(text: &str) -> Self {
        Self(escape::line(text, MAX_SUBJECT_CHARS))
    }

    /// The subject as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An email. It depends only on its subject matter and the settings, so every attempt sends
/// exactly the same message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The recipient.
    pub to: Mailbox,
    /// The sender.
    pub from: Mailbox,
    /// The subject.
    pub subject: Subject,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The job it reports, or the first of several; `None` for a letter.
    pub job_id: Option<String>,
    /// Identifies this email, so that several attempts deliver it once. ASCII
    /// letters, digits and dashes.
    pub idempotency_key: String,
}
