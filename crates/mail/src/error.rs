//! Every way a mail can be wrong, and the answer to each.

use tonearm_problem::Problem;

/// Why a mail or the settings won't do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A variable is wrong. The operator must act; the text never holds the
    /// value of a secret.
    #[error("variable {name}: {reason}")]
    Setting {
        /// The variable's name, as in `spin.toml`.
        name: &'static str,
        /// What is wrong, and what is valid.
        reason: String,
    },
    /// Not an address that mail can be sent to.
    #[error("not an email address")]
    Address,
    /// Not a job's id.
    #[error("not the id of a job")]
    JobId,
    /// The request could not be built; the text is the library's.
    #[error("the request to the email API can't be built: {0}")]
    Request(String),
    /// A received mail is not JSON; the text says where.
    #[error("not JSON: {0}")]
    Json(String),
    /// A field of a received mail is missing or wrong.
    #[error("field {field}: {reason}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What is wrong, and what is valid.
        reason: &'static str,
    },
}

impl MailError {
    pub(crate) fn setting(name: &'static str, reason: impl Into<String>) -> Self {
        Self::Setting {
            name,
            reason: reason.into(),
        }
    }
}

impl From<&MailError> for Problem {
    fn from(error: &MailError) -> Self {
        match error {
            MailError::Json(position) => {
                Self::new(400, "body_malformed", "Body malformed").detail(format!("{position}."))
            }
            MailError::Field { field, reason } => Self::new(422, "mail_invalid", "Mail invalid")
                .detail(*reason)
                .field(*field),
            MailError::Address => Self::new(422, "mail_invalid", "Mail invalid")
                .detail("That is not an email address.")
                .field("to"),
            MailError::Setting { .. } | MailError::JobId | MailError::Request(_) => {
                Self::new(503, "mail_unavailable", "Mail unavailable")
                    .detail("Mails can't be sent at the moment. Try again later.")
            }
        }
    }
}
