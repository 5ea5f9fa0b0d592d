//! Writing an email about a job.

use crate::notice::{Notice, Outcome};
use crate::{MailError, Mailbox, Message, Settings, Subject, render};

/// Maximum length of an id, which appears in links, headers and shell commands.
const MAX_ID_BYTES: usize = 64;

/// Writes the email about a job's end. `public_url` is the origin at which users
/// reach the service.
///
/// # Errors
/// [`MailError::Address`], [`MailError::JobId`] or [`MailError::Render`]. A
/// retry fails in the same way.
pub fn compose(
    notice: &Notice<'_>,
    settings: &Settings,
    public_url: &str,
) -> Result<Message, MailError> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !(1..=MAX_ID_BYTES).contains(&notice.id.len()) || !notice.id.bytes().all(good) {
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
        html: content.html()?,
        job_id: notice.id.to_owned(),
        idempotency_key: format!("tonearm-{}-{end}{round}", notice.id),
    })
}
