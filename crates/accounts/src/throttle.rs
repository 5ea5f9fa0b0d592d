//! Throttling of wrong passwords.
//!
//! | wrong passwords, none an hour apart | effect |
//! |---|---|
//! | 1 to 4 | none |
//! | 5 | every attempt gets 429 for 1 second |
//! | 6, 7, 8 … | the same for 2, 4, 8 … seconds, at most 5 minutes |
//!
//! They are counted by what the password is tried on: the address of a login or a
//! registration, or the account of a token whose owner is asked for the password again.
//! Whoever knows an address can delay its logins, but not what those do who are logged in.
//!
//! An hour without a wrong password resets the count. The right one does not: a stranger who
//! keeps guessing would notice, and so learn that the address has an account. While an
//! address is blocked, the right password is refused as well, so that the response reveals
//! nothing; and nothing is counted, so that an attacker cannot lock the owner out forever.
//!
//! From the fifth wrong password on, an attempt is counted before the password is checked,
//! so that only one of many simultaneous attempts gets through, and no longer counted if it
//! was right. Below that, a successful attempt writes nothing, and scripts may log in many
//! times at once.
//!
//! An address is throttled whether it has an account or not, so throttling reveals nothing
//! about it. Client addresses play no role: auth sees only the gateway's.

use crate::database::{Database, Row, Value, retrying, transaction};
use crate::{AccountsError, Email, digest};

/// People mistype a few times. So few guesses gain an attacker nothing.
const FREE_FAILURES: u64 = 5;
/// In seconds. Limits guessing to 288 attempts a day, and a malicious lock-out
/// to five minutes.
const MAX_BLOCK: u64 = 300;
/// In seconds. Longer than the longest block, and short because it bounds the
/// size of the table.
const FORGET_AFTER: u64 = 3600;

/// What a password is tried on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// All accounts of an address.
    Address(&'a Email),
    /// The account with this id, by somebody with a token of it.
    Account(&'a str),
}

impl Target<'_> {
    fn key(self) -> String {
        match self {
            Self::Address(email) => digest::hex("login", &email.lookup()),
            Self::Account(id) => digest::hex("password", id),
        }
    }
}

/// An attempt in progress.
pub(crate) struct Attempt {
    key: String,
    /// What was on record before and after the attempt was counted, if it was.
    counted: Option<[Record; 2]>,
}

/// Wrong passwords. Times are in Unix seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Record {
    failures: u64,
    failed_at: u64,
    blocked_until: u64,
}

impl Record {
    /// With another failure at `now`.
    fn with_failure(self, now: u64) -> Self {
        let failures = self.failures.saturating_add(1);
        Self {
            failures,
            failed_at: now,
            blocked_until: now.saturating_add(block(failures)),
        }
    }
}

/// The block in seconds after a number of consecutive failures.
fn block(failures: u64) -> u64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(over) => 1u64
            .checked_shl(over.min(63) as u32)
            .unwrap_or(u64::MAX)
            .min(MAX_BLOCK),
    }
}

/// Begins an attempt, unless its target is blocked.
///
/// # Errors
/// `Throttled` with the seconds to wait; `Database`.
pub(crate) fn begin<D: Database>(
    database: &D,
    target: Target<'_>,
    now: u64,
) -> Result<Attempt, AccountsError> {
    let key = target.key();
    let record = retrying(database, |database| recent(database, &key, now))?;
    if record.failures < FREE_FAILURES {
        return Ok(Attempt { key, counted: None });
    }
    let counted = transaction(database, |database| {
        let record = recent(database, &key, now)?;
        if record.blocked_until > now {
            return Err(AccountsError::Throttled(record.blocked_until - now));
        }
        let with_this = record.with_failure(now);
        write(database, &key, with_this)?;
        Ok([record, with_this])
    })?;
    Ok(Attempt {
        key,
        counted: Some(counted),
    })
}

/// Records that the password was wrong.
pub(crate) fn failed<D: Database>(
    database: &D,
    attempt: &Attempt,
    now: u64,
) -> Result<(), AccountsError> {
    if attempt.counted.is_some() {
        return Ok(());
    }
    transaction(database, |database| {
        // Read again, because other attempts may have failed meanwhile.
        let record = recent(database, &attempt.key, now)?;
        remove_old(database, now)?;
        write(database, &attempt.key, record.with_failure(now))
    })
}

/// Takes back what [`begin`] has counted: the password was right.
pub(crate) fn succeeded<D: Database>(database: &D, attempt: &Attempt) -> Result<(), AccountsError> {
    let Some([before, after]) = attempt.counted else {
        return Ok(());
    };
    transaction(database, |database| {
        match stored(database, &attempt.key)? {
            None => Ok(()),
            Some(record) if record == after => write(database, &attempt.key, before),
            // Other attempts have been counted since.
            Some(record) => {
                let failures = record.failures.saturating_sub(1);
                let record = Record { failures, ..record };
                write(database, &attempt.key, record)
            }
        }
    })
}

/// Forgets the wrong passwords that were tried on a target. Part of a transaction.
pub(crate) fn forget(database: &impl Database, target: Target<'_>) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM login_failures WHERE account = ?",
        &[target.key().as_str().into()],
    )?;
    Ok(())
}

/// Whether [`remove_old`] would remove anything.
pub(crate) fn has_old(database: &impl Database, now: u64) -> Result<bool, AccountsError> {
    let rows = database.execute(
        "SELECT 1 FROM login_failures WHERE failed_at <= ? LIMIT 1",
        &[forgotten(now)],
    )?;
    Ok(!rows.is_empty())
}

/// Removes what counts no more.
pub(crate) fn remove_old(database: &impl Database, now: u64) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM login_failures WHERE failed_at <= ?",
        &[forgotten(now)],
    )?;
    Ok(())
}

/// The time up to which failures count no more.
fn forgotten(now: u64) -> Value {
    now.saturating_sub(FORGET_AFTER).into()
}

/// The record of a target; an empty one if its last failure is an hour old.
fn recent(database: &impl Database, key: &str, now: u64) -> Result<Record, AccountsError> {
    let record = stored(database, key)?.unwrap_or_default();
    let counts = record.failed_at > now.saturating_sub(FORGET_AFTER);
    Ok(if counts { record } else { Record::default() })
}

fn stored(database: &impl Database, key: &str) -> Result<Option<Record>, AccountsError> {
    let rows = database.execute(
        "SELECT failures, failed_at, blocked_until FROM login_failures WHERE account = ?",
        &[key.into()],
    )?;
    let read = |row: &Row| {
        Ok(Record {
            failures: row.number(0)?,
            failed_at: row.number(1)?,
            blocked_until: row.number(2)?,
        })
    };
    rows.first().map(read).transpose()
}

fn write(database: &impl Database, key: &str, record: Record) -> Result<(), AccountsError> {
    database.execute(
        "INSERT INTO login_failures (account, failures, failed_at, blocked_until)
         VALUES (?, ?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET failures = excluded.failures,
             failed_at = excluded.failed_at, blocked_until = excluded.blocked_until",
        &[
            key.into(),
            record.failures.into(),
            record.failed_at.into(),
            record.blocked_until.into(),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_double_up_to_the_maximum() {
        let got: Vec<u64> = (0..16).map(block).collect();
        assert_eq!(
            got,
            [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
        );
        assert_eq!(block(u64::MAX), MAX_BLOCK);
    }
}
