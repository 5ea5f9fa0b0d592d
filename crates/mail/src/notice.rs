//! What there is to tell, and making a mail of it.

use std::time::Duration;

use crate::{MailError, Mailbox, Message, Settings, Subject, render};

/// A job's end, as the notifier knows it.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The job's id, which is the file's: ASCII letters, digits and dashes.
    pub id: &'a str,
    /// The user's address.
    pub to: &'a str,
    /// The uploaded file's name, as the user gave it: any characters at all.
    pub name: &'a str,
    /// How it ended.
    pub outcome: Outcome<'a>,
    /// How often the job was begun anew: each of its ends is told once.
    pub round: u32,
}

/// How a job ended.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// There is an MP3.
    Done {
        /// Its playing time.
        duration: Duration,
        /// Its size in bytes.
        bytes: u64,
        /// The last day that it is kept, where there is one: `YYYY-MM-DD`.
        kept_until: Option<&'a str>,
        /// What was wrong with the upload all the same, a sentence each.
        warnings: &'a [String],
    },
    /// There will be none.
    Failed {
        /// Why, in one sentence that the user understands.
        reason: &'a str,
    },
}

/// An id is in links, headers and shell lines; this is the longest we believe.
const LONGEST_ID: usize = 64;

/// Writes the mail. `public_url` is where users reach the service.
///
/// # Errors
/// [`MailError::Address`] or [`MailError::JobId`]; neither gets better by
/// trying again.
pub fn compose(
    notice: &Notice<'_>,
    settings: &Settings,
    public_url: &str,
) -> Result<Message, MailError> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !(1..=LONGEST_ID).contains(&notice.id.len()) || !notice.id.bytes().all(good) {
        return Err(MailError::JobId);
    }
    let to = Mailbox::parse(notice.to)?;
    let content = render::content(notice, public_url.trim_end_matches('/'));
    let end = match notice.outcome {
        Outcome::Done { .. } => "done",
        Outcome::Failed { .. } => "failed",
    };
    let round = match notice.round {
        0 => String::new(),
        round => format!("-{round}"),
    };
    Ok(Message {
        to,
        from: settings.from().clone(),
        subject: Subject::new(&content.subject),
        text: content.text(),
        html: content.html(),
        job_id: notice.id.to_owned(),
        idempotency_key: format!("tonearm-{}-{end}{round}", notice.id),
    })
}
