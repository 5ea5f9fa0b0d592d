//! The interface to Redis, where the other services read.

use std::time::Duration;

use tonearm_account_state::Recipient;

/// Redis could not be reached or replied with an error; with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PublishError(pub String);

/// Publishes facts about accounts to the other services.
///
/// The service implements it over Redis, the tests in memory. Each call may be repeated.
pub trait Publisher {
    /// Revokes the tokens of an account whose version is below `version`, and those without
    /// one that were issued up to `now` (Unix seconds).
    fn revoke_tokens(&self, account: &str, version: u64, now: u64) -> Result<(), PublishError>;

    /// Revokes the tokens of one session, which are valid for `lifetime` at most.
    fn end_session(
        &self,
        account: &str,
        session: &str,
        lifetime: Duration,
    ) -> Result<(), PublishError>;

    /// Publishes where mails about the account's jobs go.
    fn set_recipient(&self, account: &str, recipient: &Recipient) -> Result<(), PublishError>;

    /// Revokes the tokens of a deleted account, which are valid for `lifetime` at most, and
    /// has its jobs deleted.
    fn delete_account(&self, account: &str, lifetime: Duration) -> Result<(), PublishError>;

    /// Puts a sealed letter on the queue. A letter with the same id is not put there twice.
    fn post_letter(&self, id: &str, sealed: &str) -> Result<(), PublishError>;

    /// Does nothing, with about the work of [`post_letter`](Self::post_letter): for the
    /// requests that look like one that posts a letter.
    fn post_nothing(&self, id: &str, sealed: &str) -> Result<(), PublishError>;
}
