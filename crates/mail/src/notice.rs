//! The event that an email reports: the end of a job.

use std::time::Duration;

/// The end of a job.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The job's id: ASCII letters, digits and dashes.
    pub id: &'a str,
    /// The user's address.
    pub to: &'a str,
    /// The name of the uploaded file, as the user gave it. It may contain any
    /// characters.
    pub name: &'a str,
    /// How the job ended.
    pub outcome: Outcome<'a>,
    /// How many times the job was requeued. Each of its ends gets one email.
    pub round: u32,
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
