//! Every way to fail, and its problem document.

use tonearm_mail::MailError;
use tonearm_problem::Problem;
use tonearm_redis_client::RedisError;
use tonearm_spin_runtime::redis::OpenError;

/// Why a request could not be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailboxError {
    /// What came in is no mail.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// There is no such mail, or no longer.
    #[error("no such mail")]
    NoSuchMail,
    /// There is no connection.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Redis failed on the way.
    #[error("the mails are unavailable: {0}")]
    Redis(#[from] RedisError),
    /// Redis holds something that this component did not write.
    #[error("a kept mail can't be read: {0}")]
    Kept(#[from] serde_json::Error),
}

impl From<&MailboxError> for Problem {
    fn from(error: &MailboxError) -> Self {
        match error {
            MailboxError::Mail(error) => error.into(),
            MailboxError::NoSuchMail => Self::new(404, "not_found", "Not found")
                .detail("There is no such mail, or it was deleted."),
            MailboxError::Open(_) | MailboxError::Redis(_) | MailboxError::Kept(_) => {
                Self::new(503, "mailbox_unavailable", "Mailbox unavailable")
                    .detail("Mails can't be kept or shown at the moment. Try again later.")
                    .retry_after(5)
            }
        }
    }
}
