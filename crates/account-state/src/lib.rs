//! What the services besides auth know of an account: which of its tokens are revoked,
//! and where its mails go.
//!
//! Auth keeps the accounts in SQLite and copies these few facts to Redis, where the
//! gateway and the scripts of the queue read them. So a revoked token is refused at once,
//! also while auth is away. Only auth writes them.
//!
//! | key in Redis | type | content |
//! |---|---|---|
//! | `tonearm:account:ID` | hash | the fields below; no expiry while the account exists |
//! | `tonearm:account:ID:ended:SESSION` | string | exists while tokens of an ended session could still be valid |
//! | `tonearm:deleted_accounts` | set | deleted accounts whose jobs are still to be deleted |
//!
//! | field | content |
//! |---|---|
//! | `min_version` | tokens with a lower `version` are revoked |
//! | `void_before` | Unix seconds: tokens without a `version` that were issued before or at this time are revoked |
//! | `deleted` | `1`: all tokens are revoked, and no upload is accepted |
//! | `email` | the address of the account |
//! | `confirmed` | `1` if the address is confirmed |
//! | `mails` | `1` if mails about jobs are wanted and may be sent, else `0` |
//!
//! An account without the hash has no revoked tokens; its mails go where the job says.

mod error;
mod facts;
mod keys;

pub use error::AccountStateError;
pub use facts::{Recipient, TokenFacts};
pub use keys::DELETED_ACCOUNTS;

use std::time::Duration;

use tonearm_redis_client::{Redis, Value};

/// The facts behind one Redis connection.
#[derive(Debug)]
pub struct AccountState<R: Redis> {
    redis: R,
}

/// Raises `min_version` and never lowers it, since two changes may arrive in any order.
const REVOKE: &str = "\
local known = tonumber(redis.call('HGET', KEYS[1], 'min_version') or 0)
if tonumber(ARGV[1]) > known then
  redis.call('HSET', KEYS[1], 'min_version', ARGV[1], 'void_before', ARGV[2])
end
return 1";

/// The facts about a token of a session, in one round trip.
const SESSION: &str = "\
local facts = redis.call('HMGET', KEYS[1], 'min_version', 'void_before', 'deleted')
return { facts[1], facts[2], facts[3], redis.call('EXISTS', KEYS[2]) }";

impl<R: Redis> AccountState<R> {
    /// The facts on this connection.
    pub fn new(redis: R) -> Self {
        Self { redis }
    }

    /// Whether the token with these facts is revoked. Takes one round trip.
    ///
    /// # Errors
    /// [`AccountStateError`]. The caller must then refuse the token.
    pub fn is_revoked(&self, token: &TokenFacts<'_>) -> Result<bool, AccountStateError> {
        let key = keys::account(token.account);
        let reply = match token.session {
            None => {
                let fields = [&key, "min_version", "void_before", "deleted"];
                let mut reply = self.redis.run("HMGET", &fields)?;
                reply.push(Value::Int(0));
                reply
            }
            Some(session) => {
                let ended = keys::ended_session(token.account, session);
                self.redis.run("EVAL", &[SESSION, "2", &key, &ended])?
            }
        };
        let [min_version, void_before, deleted, ended] = reply.as_slice() else {
            return Err(AccountStateError::unexpected(&key, &reply));
        };
        Ok(*deleted != Value::Nil
            || ended.int() != Some(0)
            || token.is_before(number(min_version), number(void_before)))
    }

    /// Revokes all tokens of `account` with a version below `version`, and those without
    /// a version that were issued up to `now` (Unix seconds).
    pub fn revoke_tokens(
        &self,
        account: &str,
        version: u64,
        now: u64,
    ) -> Result<(), AccountStateError> {
        let (key, version, now) = (keys::account(account), version.to_string(), now.to_string());
        self.redis
            .run("EVAL", &[REVOKE, "1", &key, &version, &now])?;
        Ok(())
    }

    /// Revokes the tokens of one session, which are valid for `lifetime` at most.
    pub fn end_session(
        &self,
        account: &str,
        session: &str,
        lifetime: Duration,
    ) -> Result<(), AccountStateError> {
        let key = keys::ended_session(account, session);
        let seconds = lifetime.as_secs().max(1).to_string();
        self.redis.run("SET", &[&key, "1", "EX", &seconds])?;
        Ok(())
    }

    /// Records where mails about the account's jobs go.
    pub fn set_recipient(
        &self,
        account: &str,
        recipient: &Recipient,
    ) -> Result<(), AccountStateError> {
        let flag = |is: bool| if is { "1" } else { "0" };
        let key = keys::account(account);
        let (confirmed, mails) = (flag(recipient.is_confirmed), flag(recipient.wants_mails));
        self.redis.run(
            "HSET",
            &[
                &key,
                "email",
                &recipient.email,
                "confirmed",
                confirmed,
                "mails",
                mails,
            ],
        )?;
        Ok(())
    }

    /// Where mails about the account's jobs go, if it is recorded.
    pub fn recipient(&self, account: &str) -> Result<Option<Recipient>, AccountStateError> {
        let key = keys::account(account);
        let reply = self
            .redis
            .run("HMGET", &[&key, "email", "confirmed", "mails"])?;
        match reply.as_slice() {
            [email, confirmed, mails] => Ok(email.text().map(|email| Recipient {
                email,
                is_confirmed: confirmed.int() == Some(1),
                wants_mails: mails.int() == Some(1),
            })),
            _ => Err(AccountStateError::unexpected(&key, &reply)),
        }
    }

    /// Revokes all tokens of a deleted account, forgets its address, and has its jobs and
    /// files deleted. `lifetime` is the longest time for which a token can be valid.
    pub fn delete(&self, account: &str, lifetime: Duration) -> Result<(), AccountStateError> {
        let key = keys::account(account);
        let seconds = lifetime.as_secs().max(1).to_string();
        // In this order, so that a call that fails halfway can be repeated.
        self.redis.run("HSET", &[&key, "deleted", "1"])?;
        self.redis
            .run("HDEL", &[&key, "email", "confirmed", "mails"])?;
        self.redis.run("SADD", &[DELETED_ACCOUNTS, account])?;
        self.redis.run("EXPIRE", &[&key, &seconds])?;
        Ok(())
    }
}

fn number(value: &Value) -> Option<u64> {
    u64::try_from(value.int()?).ok()
}
