//! The events that emails report: the end of files, and what happens to accounts.

use std::time::Duration;

use tonearm_letters::Letter;

/// The end of an upload, or of one file of it that was converted again.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The id of the upload, if it had several files: ASCII letters, digits and dashes. It
    /// identifies the email, even if files are deleted between two attempts. `None` for an
    /// email about a job alone, which the job's id and `round` identify.
    pub upload: Option<&'a str>,
    /// The user's address.
    pub to: &'a str,
    /// Whether the owner of the address has confirmed it. Only then the name of a file
    /// appears in the subject, since anybody could have chosen it.
    pub is_confirmed: bool,
    /// The files, at least one, and only one without `upload`; in the order of the upload.
    pub files: &'a [FileNotice<'a>],
    /// How many times the job was requeued. Each of its ends gets one email.
    pub round: u32,
}

/// The end of one file.
#[derive(Debug, Clone, Copy)]
pub struct FileNotice<'a> {
    /// The job's id: ASCII letters, digits and dashes.
    pub id: &'a str,
    /// The name of the uploaded file, as the user gave it. It may contain any
    /// characters.
    pub name: &'a str,
    /// How the job ended.
    pub outcome: Outcome<'a>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// The MP3 is ready.
    Done {
        /// Its playing time.
        duration: Duration,
        /// Its size in bytes.
        bytes: u64,
        /// The last day it is kept, if there is one: `YYYY-MM-DD`.
        kept_until: Option<&'a str>,
        /// Defects of the upload, one sentence each.
        warnings: &'a [String],
    },
    /// The conversion failed for good.
    Failed {
        /// Why, in one sentence for the user.
        reason: &'a str,
    },
}

/// A letter, and what identifies it.
#[derive(Debug, Clone, Copy)]
pub struct LetterNotice<'a> {
    /// The letter's id: ASCII letters, digits and dashes.
    pub id: &'a str,
    /// When it was written, in milliseconds since 1970.
    pub written_ms: u64,
    /// The letter.
    pub letter: &'a Letter,
}
