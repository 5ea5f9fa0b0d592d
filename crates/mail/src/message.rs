//! One mail, ready for any provider.

use std::fmt;

use crate::Mailbox;
use crate::escape;

/// Mail programs cut longer ones; RFC 5322 has lines end at 998.
const LONGEST_SUBJECT: usize = 180;

/// A subject of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Control characters become spaces, what is too long is cut.
    pub fn new(text: &str) -> Self {
        Self(escape::line(text, LONGEST_SUBJECT))
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One mail. All of it is a function of the job and the settings, so that a
/// second try sends exactly the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who gets it.
    pub to: Mailbox,
    /// Who sends it.
    pub from: Mailbox,
    /// What it is about.
    pub subject: Subject,
    /// The body as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The job it tells of.
    pub job_id: String,
    /// Names this very mail: a job's end is told once, however often we try.
    /// ASCII letters, digits and dashes.
    pub idempotency_key: String,
}
