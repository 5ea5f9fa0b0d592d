//! Every failure of an account operation, and its problem document.
//!
//! A wrong password and an unknown address share one variant, so that no caller
//! can distinguish them by accident.

use tonearm_letters::LetterError;
use tonearm_problem::Problem;
use tonearm_tokens::TokenError;

use crate::{DatabaseError, PublishError};

/// Why an operation on accounts failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// Not an email address; with the rule.
    #[error("email: {0}")]
    Email(&'static str),
    /// Not an acceptable password; with the rule.
    #[error("password: {0}")]
    Password(&'static str),
    /// The same about the field `new_password`.
    #[error("new password: {0}")]
    NewPassword(&'static str),
    /// A request without credentials in any of the three forms.
    #[error("no credentials in the request")]
    CredentialsMissing,
    /// An `Authorization` header that does not follow RFC 7617.
    #[error("the Authorization header is not valid Basic credentials")]
    BasicMalformed,
    /// A body that does not match its media type; with the reason.
    #[error("body: {0}")]
    BodyMalformed(String),
    /// A body without one of the two fields; with the field and a hint.
    #[error("the field {0} is missing")]
    FieldMissing(&'static str, &'static str),
    /// A body of an unsupported media type.
    #[error("the body's media type is not supported")]
    MediaType,
    /// The email address has an account already.
    #[error("the email address is taken")]
    EmailTaken,
    /// No account has this address and password.
    #[error("wrong email or password")]
    Unauthorized,
    /// Too many failed logins; with the seconds to wait.
    #[error("too many failed logins, blocked for {0} s")]
    Throttled(u64),
    /// The password of the account, or of the registration that a link confirms, is another.
    #[error("wrong password")]
    PasswordWrong,
    /// The link is used up, too old or unknown.
    #[error("the link does not work")]
    LinkInvalid,
    /// The address has to be confirmed first.
    #[error("the address is not confirmed")]
    AddressUnconfirmed,
    /// The account has caused too many letters; with the seconds to wait.
    #[error("too many letters, blocked for {0} s")]
    LettersThrottled(u64),
    /// The token of the request is not valid.
    #[error("token: {0}")]
    Token(TokenError),
    /// The token of the request was revoked, or its account is gone.
    #[error("the token was revoked")]
    TokenRevoked,
    /// The token of the request is not that of a session.
    #[error("not the token of a session")]
    NotOfSession,
    /// The account has no such session.
    #[error("no such session")]
    SessionUnknown,
    /// Hashing a password failed; with the library's message.
    #[error("password hashing failed: {0}")]
    Hash(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The signing key is unusable.
    #[error(transparent)]
    Key(#[from] TokenError),
    /// The key of letters is unusable.
    #[error(transparent)]
    Letter(LetterError),
    /// Redis failed, so that a change could not be published.
    #[error("publishing: {0}")]
    Publish(#[from] PublishError),
    /// Random numbers ran out; with the reason.
    #[error("no random numbers: {0}")]
    Random(String),
}

impl AccountsError {
    /// The same error about the field `new_password`.
    pub(crate) fn about_new_password(self) -> Self {
        match self {
            Self::Password(rule) => Self::NewPassword(rule),
            other => other,
        }
    }

    /// Whether the service is the cause and not the client, so that the
    /// operator has to act.
    pub fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::Hash(_)
                | Self::Database(_)
                | Self::Key(_)
                | Self::Letter(_)
                | Self::Publish(_)
                | Self::Random(_)
        )
    }
}

impl From<&AccountsError> for Problem {
    fn from(error: &AccountsError) -> Self {
        match error {
            AccountsError::Email(rule) => Self::new(422, "email_invalid", "Email invalid")
                .detail(*rule)
                .field("email"),
            AccountsError::Password(rule) => Self::new(422, "password_invalid", "Password invalid")
                .detail(*rule)
                .field("password"),
            AccountsError::NewPassword(rule) => {
                Self::new(422, "password_invalid", "Password invalid")
                    .detail(*rule)
                    .field("new_password")
            }
            AccountsError::CredentialsMissing => {
                Self::new(401, "credentials_missing", "Credentials missing").detail(
                    "Send email and password by HTTP Basic (`curl -u email:password`), as JSON \
                     {\"email\": …, \"password\": …}, or as a form with these two fields.",
                )
            }
            AccountsError::BasicMalformed => {
                Self::new(401, "authorization_malformed", "Authorization malformed")
                    .detail("The header must be `Basic` and the base64 of email:password in UTF-8.")
                    .field("authorization")
            }
            AccountsError::BodyMalformed(why) => {
                Self::new(400, "body_malformed", "Body malformed").detail(why)
            }
            AccountsError::FieldMissing(field, hint) => {
                Self::new(422, "field_missing", "Field missing")
                    .detail(format!("The field {field} is missing.{hint}"))
                    .field(*field)
            }
            AccountsError::MediaType => {
                Self::new(415, "media_type_unsupported", "Media type unsupported")
                    .detail("Send application/json or application/x-www-form-urlencoded.")
                    .field("content-type")
            }
            AccountsError::EmailTaken => Self::new(409, "email_taken", "Email taken")
                .detail("There is an account with this email address. Log in instead.")
                .field("email"),
            AccountsError::Unauthorized => Self::new(401, "credentials_wrong", "Credentials wrong")
                .detail("There is no account with this email and password."),
            AccountsError::Throttled(seconds) => {
                Self::new(429, "login_throttled", "Too many failed logins")
                    .detail(format!(
                        "Too many wrong passwords. Try again in {seconds} seconds."
                    ))
                    .retry_after(*seconds)
            }
            AccountsError::PasswordWrong => Self::new(422, "password_wrong", "Password wrong")
                .detail("This is not the password of the account.")
                .field("password"),
            AccountsError::LinkInvalid => Self::new(410, "link_invalid", "Link invalid")
                .detail("The link was used already, is too old or is incomplete. Ask for another.")
                .field("token"),
            AccountsError::AddressUnconfirmed => {
                Self::new(403, "address_unconfirmed", "Address not confirmed")
                    .detail("Confirm the email address first: the email with the link tells how.")
            }
            AccountsError::LettersThrottled(seconds) => {
                Self::new(429, "letters_throttled", "Too many emails")
                    .detail("This account has caused too many emails. Try again tomorrow.")
                    .retry_after(*seconds)
            }
            AccountsError::Token(error) => error.into(),
            AccountsError::TokenRevoked => Self::new(401, "token_revoked", "Token revoked")
                .detail("The token has been revoked. Get a new one from /login.")
                .field("authorization"),
            AccountsError::NotOfSession => Self::new(404, "session_not_found", "Session not found")
                .detail(
                    "The token is that of a login and belongs to no session. \
                     POST /account/sign-out revokes it, with all others of the account.",
                ),
            AccountsError::SessionUnknown => {
                Self::new(404, "session_not_found", "Session not found")
                    .detail("The account has no such session; it may have ended already.")
            }
            AccountsError::Letter(_) => Self::new(503, "emails_unavailable", "Emails unavailable")
                .detail("This service can't send emails at the moment. Try again later.")
                .retry_after(5),
            AccountsError::Publish(_) => {
                Self::new(503, "accounts_unavailable", "Accounts unavailable")
                    .detail(
                        "This can't be done at the moment, and nothing has changed. Try again in \
                         a few seconds; log in again if the token is refused then.",
                    )
                    .retry_after(5)
            }
            AccountsError::Hash(_)
            | AccountsError::Database(_)
            | AccountsError::Key(_)
            | AccountsError::Random(_) => {
                Self::new(503, "accounts_unavailable", "Accounts unavailable")
                    .detail("Accounts can't be reached at the moment. Try again in a few seconds.")
                    .retry_after(5)
            }
        }
    }
}
