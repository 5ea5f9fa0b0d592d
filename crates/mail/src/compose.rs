//! Writing an email.

use crate::document::Document;
use crate::notice::{LetterNotice, Notice, Outcome};
use crate::{MailError, Mailbox, Message, Settings, Subject, letter_words, render};

/// Maximum length of an id, which appears in links, headers and shell commands.
const MAX_ID_BYTES: usize = 64;

/// Writes the email about the end of files. `public_url` is the origin at which users
/// reach the service.
///
/// # Errors
/// [`MailError::Address`], [`MailError::Id`], [`MailError::NoFiles`] or
/// [`MailError::Render`]. A retry fails in the same way.
pub fn compose(
    notice: &Notice<'_>,
    settings: &Settings,
    public_url: &str,
) -> Result<Message, MailError> {
    let first = notice.files.first().ok_or(MailError::NoFiles)?;
    let ids = notice.files.iter().map(|file| file.id);
    ids.chain(notice.upload).try_for_each(check_id)?;
    let what = match (notice.upload, first.outcome) {
        (Some(upload), _) => format!("{upload}-files"),
        (None, Outcome::Done { .. }) => format!("{}-done", first.id),
        (None, Outcome::Failed { .. }) => format!("{}-failed", first.id),
    };
    let round = match notice.round {
        0 => String::new(),
        round => format!("-{round}"),
    };
    let document = render::document(notice, public_url.trim_end_matches('/'));
    let key = format!("tonearm-{what}{round}");
    let message = message(notice.to, document, settings, key)?;
    Ok(Message {
        job_id: Some(first.id.to_owned()),
        ..message
    })
}

/// Writes the email about what happened to an account. Each attempt at a letter gives the
/// same email. Links lead to `public_url`.
///
/// # Errors
/// [`MailError::Address`], [`MailError::Id`], [`MailError::Link`] or [`MailError::Render`].
/// A retry fails in the same way.
pub fn compose_letter(
    notice: &LetterNotice<'_>,
    settings: &Settings,
    public_url: &str,
) -> Result<Message, MailError> {
    check_id(notice.id)?;
    let document = letter_words::document(notice, public_url.trim_end_matches('/'))?;
    let key = format!("tonearm-letter-{}", notice.id);
    message(&notice.letter.to, document, settings, key)
}

fn check_id(id: &str) -> Result<(), MailError> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    match (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(good) {
        true => Ok(()),
        false => Err(MailError::Id),
    }
}

fn message(
    to: &str,
    document: Document,
    settings: &Settings,
    idempotency_key: String,
) -> Result<Message, MailError> {
    Ok(Message {
        to: Mailbox::parse(to)?,
        from: settings.from().clone(),
        subject: Subject::new(&document.subject),
        text: document.text(),
        html: document.html()?,
        job_id: None,
        idempotency_key,
    })
}
