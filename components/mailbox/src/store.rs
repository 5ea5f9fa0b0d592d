//! The emails in Redis, which the local setup runs anyway.
//!
//! | key | type | content |
//! |---|---|---|
//! | `tonearm:mailbox:emails` | stream | one entry per email, field `mail`: [`Received`] as JSON |
//! | `tonearm:mailbox:key:KEY` | string | the id of the email with this idempotency key; expires |

use tonearm_mail::Received;
use tonearm_redis_client::{Redis, RedisError, Value};
use tonearm_spin_runtime::redis::{self, Connected};

use crate::error::MailboxError;
use crate::mail::Mail;

const EMAILS: &str = "tonearm:mailbox:emails";
/// Maximum number of stored emails: about 5 MB.
const MAX_EMAILS: &str = "1000";
/// A day, as at Resend.
const KEY_SECONDS: &str = "86400";
const KEEP: &str = include_str!("keep.lua");

/// The stored emails.
pub(crate) struct Store(Connected);

impl Store {
    pub(crate) fn open() -> Result<Self, MailboxError> {
        Ok(Self(redis::connect()?))
    }

    /// Stores an email, unless one with the same idempotency key exists. Returns the id
    /// of the stored email.
    pub(crate) fn keep(&self, mail: &Received) -> Result<String, MailboxError> {
        let json = serde_json::to_string(mail)?;
        let key = mail.idempotency_key.as_ref();
        let key = key.map_or_else(
            || EMAILS.to_owned(),
            |key| format!("tonearm:mailbox:key:{key}"),
        );
        let arguments = [KEEP, "2", EMAILS, &key, &json, MAX_EMAILS, KEY_SECONDS];
        let answer = self.0.run("EVAL", &arguments)?;
        let id = answer.first().and_then(Value::text);
        Ok(id.ok_or_else(|| RedisError(format!("EVAL answered {answer:?}")))?)
    }

    /// All emails, newest first.
    pub(crate) fn all(&self) -> Result<Vec<Mail>, MailboxError> {
        mails(&self.0.run("XREVRANGE", &[EMAILS, "+", "-"])?)
    }

    /// The email with this id.
    pub(crate) fn one(&self, id: &str) -> Result<Mail, MailboxError> {
        // Redis would interpret "-" and "5" as ranges.
        let whole = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let (ms, number) = id.split_once('-').ok_or(MailboxError::NoSuchMail)?;
        if id.len() > 40 || !whole(ms) || !whole(number) {
            return Err(MailboxError::NoSuchMail);
        }
        let found = mails(&self.0.run("XRANGE", &[EMAILS, id, id])?)?;
        found.into_iter().next().ok_or(MailboxError::NoSuchMail)
    }

    /// Deletes all emails. Their idempotency keys remain, so that another attempt at
    /// sending one does not store it again.
    pub(crate) fn clear(&self) -> Result<(), MailboxError> {
        self.0.run("DEL", &[EMAILS])?;
        Ok(())
    }
}

/// Parses a flat list of id, field, value triples.
fn mails(answer: &[Value]) -> Result<Vec<Mail>, MailboxError> {
    let (entries, _) = answer.as_chunks::<3>();
    let mails = entries.iter().map(|[id, _, mail]| {
        let content = serde_json::from_str(&mail.text().unwrap_or_default())?;
        Ok(Mail::new(id.text().unwrap_or_default(), content))
    });
    mails.collect()
}
