//! Implements [`Publisher`] over Redis.

use std::cell::OnceCell;
use std::time::Duration;

use tonearm_account_state::{AccountState, AccountStateError};
use tonearm_accounts::{PublishError, Publisher, Recipient};
use tonearm_jobs::{Jobs, LetterId};
use tonearm_redis_client::{Redis, RedisError, Value};

/// A script that gets a letter and does nothing with it.
pub(crate) const NOTHING: &str = "return #ARGV[2]";

/// A connection that the first command opens. Most requests need none.
pub(crate) struct Lazy<R, F> {
    open: F,
    connection: OnceCell<R>,
}

impl<R: Redis, F: Fn() -> Result<R, RedisError>> Lazy<R, F> {
    pub(crate) fn new(open: F) -> Self {
        Self {
            open,
            connection: OnceCell::new(),
        }
    }
}

impl<R: Redis, F: Fn() -> Result<R, RedisError>> Redis for Lazy<R, F> {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        if self.connection.get().is_none() {
            // A single thread: nobody else has set it meanwhile.
            let _ = self.connection.set((self.open)()?);
        }
        match self.connection.get() {
            Some(connection) => connection.run(command, arguments),
            None => Err(RedisError("no connection".to_owned())),
        }
    }
}

/// Publishes through one connection to Redis.
pub(crate) struct Published<R: Redis>(pub(crate) R);

impl<R: Redis> Published<R> {
    fn state(&self) -> AccountState<&R> {
        AccountState::new(&self.0)
    }
}

impl<R: Redis> Publisher for Published<R> {
    fn revoke_tokens(&self, account: &str, version: u64, now: u64) -> Result<(), PublishError> {
        self.state()
            .revoke_tokens(account, version, now)
            .map_err(failed)
    }

    fn end_session(
        &self,
        account: &str,
        session: &str,
        lifetime: Duration,
    ) -> Result<(), PublishError> {
        self.state()
            .end_session(account, session, lifetime)
            .map_err(failed)
    }

    fn set_recipient(&self, account: &str, recipient: &Recipient) -> Result<(), PublishError> {
        self.state()
            .set_recipient(account, recipient)
            .map_err(failed)
    }

    fn delete_account(&self, account: &str, lifetime: Duration) -> Result<(), PublishError> {
        self.state().delete(account, lifetime).map_err(failed)
    }

    fn post_letter(&self, id: &str, sealed: &str) -> Result<(), PublishError> {
        let id = LetterId::parse(id)
            .ok_or_else(|| PublishError("the id of a letter is none".to_owned()))?;
        Jobs::new(&self.0)
            .post_letter(id, sealed)
            .map(|_| ())
            .map_err(|error| PublishError(error.to_string()))
    }

    fn post_nothing(&self, id: &str, sealed: &str) -> Result<(), PublishError> {
        self.0
            .run("EVAL", &[NOTHING, "0", id, sealed])
            .map(|_| ())
            .map_err(|error| PublishError(error.0))
    }
}

fn failed(error: AccountStateError) -> PublishError {
    PublishError(error.to_string())
}
