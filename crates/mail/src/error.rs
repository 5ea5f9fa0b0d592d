//! Every failure of an email, and its problem document.

use tonearm_problem::Problem;

/// Why an email or the settings are unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A variable is invalid, and the operator has to act. The message never
    /// contains the value of a secret.
    #[error("variable {name}: {reason}")]
    Setting {
        /// The variable's name, as in `spin.toml`.
        name: &'static str,
        /// What is wrong, or what is valid.
        reason: String,
    },
    /// Not a valid email address.
    #[error("not an email address")]
    Address,
    /// Not a valid id of a job or a letter.
    #[error("not the id of a job or a letter")]
    Id,
    /// An email about no file.
    #[error("an email needs a file that it is about")]
    NoFiles,
    /// The token or the lifetime of a letter's link is invalid.
    #[error("the link of the letter is invalid")]
    Link,
    /// The HTML body cannot be rendered; with the library's message. Templates
    /// are checked at compile time, so this is not expected.
    #[error("the email can't be rendered: {0}")]
    Render(String),
    /// The request cannot be built; with the library's message.
    #[error("the request to the email API can't be built: {0}")]
    Request(String),
    /// A received email is not JSON; with the position.
    #[error("not JSON: {0}")]
    Json(String),
    /// A field of a received email is missing or invalid.
    #[error("field {field}: {reason}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What is wrong, or what is valid.
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
            MailError::Setting { .. }
            | MailError::Id
            | MailError::NoFiles
            | MailError::Link
            | MailError::Render(_)
            | MailError::Request(_) => Self::new(503, "mail_unavailable", "Mail unavailable")
                .detail("Mails can't be sent at the moment. Try again later."),
        }
    }
}
