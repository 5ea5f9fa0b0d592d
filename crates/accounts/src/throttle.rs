//! Throttling of failed logins, per account.
//!
//! | consecutive failures | effect |
//! |---|---|
//! | 1 to 4 | none |
//! | 5 | every login gets 429 for 1 second |
//! | 6, 7, 8 … | the same for 2, 4, 8 … seconds, at most 5 minutes |
//!
//! A success, or an hour without a failure, resets the count. While an account
//! is blocked, the right password is refused as well, so that the response
//! reveals nothing; and nothing is counted, so that an attacker cannot lock
//! the owner out forever.
//!
//! From the fifth failure on, an attempt is counted before the password is
//! checked, so that only one of many simultaneous attempts gets through. Below
//! that, a successful attempt writes nothing, and scripts may log in many
//! times at once.
//!
//! An account here is any address, whether it exists or not, so throttling
//! reveals nothing about it. Client addresses play no role: auth sees only the
//! gateway's.

use crate::database::{Database, Row, Value, retrying, transaction};
use crate::{AccountsError, Email, Kind, digest};

/// People mistype a few times. So few guesses gain an attacker nothing.
const FREE_FAILURES: u64 = 5;
/// In seconds. Limits guessing to 288 attempts a day, and a malicious lock-out
/// to five minutes.
const MAX_BLOCK: u64 = 300;
/// In seconds. Longer than the longest block, and short because it bounds the
/// size of the table.
const FORGET_AFTER: u64 = 3600;

/// A login in progress.
pub(crate) struct Attempt {
    account: String,
    /// Failures on record, including this attempt if it is `counted`.
    failures: u64,
    /// Whether this attempt was already recorded as a failure.
    counted: bool,
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

fn account(email: &Email) -> String {
    digest::hex("login", &email.lookup())
}

/// Begins a login, unless the account is blocked.
///
/// # Errors
/// `Throttled` with the seconds to wait; `Database`.
pub(crate) fn begin<D: Database>(
    database: &D,
    email: &Email,
    now: u64,
) -> Result<Attempt, AccountsError> {
    let account = account(email);
    let on_record = |database: &D| -> Result<(u64, u64), AccountsError> {
        let rows = database.execute(
            "SELECT failures, blocked_until FROM login_failures
             WHERE account = ? AND failed_at > ?",
            &[
                account.as_str().into(),
                now.saturating_sub(FORGET_AFTER).into(),
            ],
        )?;
        let read = |row: &Row| Ok((row.number(0)?, row.number(1)?));
        rows.first().map_or(Ok((0, 0)), read)
    };

    let (failures, _) = retrying(database, on_record)?;
    if failures < FREE_FAILURES {
        return Ok(Attempt {
            account,
            failures,
            counted: false,
        });
    }
    let failures = transaction(database, |database| {
        let (failures, blocked_until) = on_record(database)?;
        if blocked_until > now {
            return Err(AccountsError::Throttled(blocked_until - now));
        }
        write(database, &account, failures + 1, now)?;
        Ok(failures + 1)
    })?;
    Ok(Attempt {
        account,
        failures,
        counted: true,
    })
}

/// Records that the password was wrong.
pub(crate) fn failed<D: Database>(
    database: &D,
    attempt: &Attempt,
    now: u64,
) -> Result<(), AccountsError> {
    if attempt.counted {
        return Ok(());
    }
    transaction(database, |database| {
        // Read again, because other attempts may have failed meanwhile.
        let rows = database.execute(
            "SELECT failures FROM login_failures WHERE account = ? AND failed_at > ?",
            &[
                attempt.account.as_str().into(),
                now.saturating_sub(FORGET_AFTER).into(),
            ],
        )?;
        let failures = rows.first().map_or(Ok(0), |row| row.number(0))?;
        database.execute(
            "DELETE FROM login_failures WHERE failed_at <= ?",
            &[now.saturating_sub(FORGET_AFTER).into()],
        )?;
        write(database, &attempt.account, failures + 1, now)
    })
}

/// Forgets the failures of an address, whose owner has proven to be one. Part of a
/// transaction.
pub(crate) fn forget(database: &impl Database, email: &Email) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM login_failures WHERE account = ?",
        &[account(email).as_str().into()],
    )?;
    Ok(())
}

/// Clears the record after a successful login.
///
/// A login to a registration clears nothing: anybody can register an address, and would thus
/// clear what guessing the password of its user has cost.
pub(crate) fn succeeded<D: Database>(
    database: &D,
    attempt: &Attempt,
    kind: Kind,
) -> Result<(), AccountsError> {
    if attempt.failures == 0 || kind == Kind::Registration {
        return Ok(());
    }
    retrying(database, |database| {
        database.execute(
            "DELETE FROM login_failures WHERE account = ?",
            &[attempt.account.as_str().into()],
        )?;
        Ok(())
    })
}

fn write(
    database: &impl Database,
    account: &str,
    failures: u64,
    now: u64,
) -> Result<(), AccountsError> {
    let blocked_until: Value = now.saturating_add(block(failures)).into();
    database.execute(
        "INSERT INTO login_failures (account, failures, failed_at, blocked_until)
         VALUES (?, ?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET failures = excluded.failures,
             failed_at = excluded.failed_at, blocked_until = excluded.blocked_until",
        &[account.into(), failures.into(), now.into(), blocked_until],
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
