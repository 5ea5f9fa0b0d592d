//! Every failure, and its problem document.

use tonearm_mail::MailError;
use tonearm_problem::Problem;
use tonearm_redis_client::RedisError;
use tonearm_spin_runtime::redis::OpenError;

/// Why a request could not be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailboxError {
    /// The request body is not a valid email.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The email does not exist, or no longer.
    #[error("no such mail")]
    NoSuchMail,
    /// Redis is unreachable.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A Redis command failed.
    #[error("the mails are unavailable: {0}")]
    Redis(#[from] RedisError),
    /// A stored email is malformed.
    #[error("a stored email can't be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// The page cannot be rendered. Templates are checked at compile time, so this is
    /// not expected.
    #[error("the page can't be rendered: {0}")]
    Render(#[from] askama::Error),
}

impl From<&MailboxError> for Problem {
    fn from(error: &MailboxError) -> Self {
        match error {
            MailboxError::Mail(error) => error.into(),
            MailboxError::NoSuchMail => Self::new(404, "not_found", "Not found")
                .detail("There is no such mail, or it was deleted."),
            MailboxError::Open(_)
            | MailboxError::Redis(_)
            | MailboxError::Stored(_)
            | MailboxError::Render(_) => {
                Self::new(503, "mailbox_unavailable", "Mailbox unavailable")
                    .detail("Mails can't be kept or shown at the moment. Try again later.")
                    .retry_after(5)
            }
        }
    }
}
