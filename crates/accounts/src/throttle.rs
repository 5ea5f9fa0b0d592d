//! How often one may try to log in to one account.
//!
//! | failures in a row | what follows |
//! |---|---|
//! | 1 to 4 | nothing |
//! | 5 | 1 second in which every login answers 429 |
//! | 6, 7, 8 … | 2, 4, 8 … seconds, at most 5 minutes |
//!
//! A success, or an hour without a failure, starts over. While blocked, the
//! right password is refused too and nothing is counted: otherwise the answer
//! would tell, or trying would keep the owner out for ever.
//!
//! From the fifth failure on, a try takes its turn before the password is
//! looked at, so that of many sent at once only one gets through. Below that a
//! try costs no write, and scripts that log in ten times at once are fine.
//!
//! The account is whatever address was typed, whether it exists or not, so
//! that being throttled says nothing. Addresses of clients are not looked at
//! here: auth sees the gateway's only.

use sha2::{Digest, Sha256};

use crate::database::{Database, Row, Value, retrying, transaction};
use crate::{AccountsError, Email};

/// People mistype a few times; a guesser gains nothing from so few.
const FREE_FAILURES: u64 = 5;
/// Caps guessing at 288 a day, and a mischievous lock-out at five minutes.
const LONGEST_BLOCK: u64 = 300;
/// Longer than the longest block, and short, because it bounds the table.
const FORGET_AFTER: u64 = 3600;

/// The turn that a login takes.
pub(crate) struct Turn {
    account: String,
    /// Failures on record, this try included if it is `counted`.
    failures: u64,
    counted: bool,
}

/// Seconds of blocking after so many failures in a row.
fn block(failures: u64) -> u64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(over) => 1u64
            .checked_shl(over.min(63) as u32)
            .unwrap_or(u64::MAX)
            .min(LONGEST_BLOCK),
    }
}

fn account(email: &Email) -> String {
    let digest = Sha256::new()
        .chain_update("login\0")
        .chain_update(email.lookup())
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes a turn.
///
/// # Errors
/// `Throttled` with the seconds to wait; `Database`.
pub(crate) fn take_turn<D: Database>(
    database: &D,
    email: &Email,
    now: u64,
) -> Result<Turn, AccountsError> {
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
        return Ok(Turn {
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
    Ok(Turn {
        account,
        failures,
        counted: true,
    })
}

/// The password was wrong.
pub(crate) fn failed<D: Database>(
    database: &D,
    turn: &Turn,
    now: u64,
) -> Result<(), AccountsError> {
    if turn.counted {
        return Ok(());
    }
    transaction(database, |database| {
        // Counted in SQL, since others may have failed meanwhile.
        let rows = database.execute(
            "SELECT failures FROM login_failures WHERE account = ? AND failed_at > ?",
            &[
                turn.account.as_str().into(),
                now.saturating_sub(FORGET_AFTER).into(),
            ],
        )?;
        let failures = rows.first().map_or(Ok(0), |row| row.number(0))?;
        database.execute(
            "DELETE FROM login_failures WHERE failed_at <= ?",
            &[now.saturating_sub(FORGET_AFTER).into()],
        )?;
        write(database, &turn.account, failures + 1, now)
    })
}

/// The password was right: the record is cleared.
pub(crate) fn succeeded<D: Database>(database: &D, turn: &Turn) -> Result<(), AccountsError> {
    if turn.failures == 0 {
        return Ok(());
    }
    retrying(database, |database| {
        database.execute(
            "DELETE FROM login_failures WHERE account = ?",
            &[turn.account.as_str().into()],
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
    fn blocks_grow_and_end() {
        let got: Vec<u64> = (0..16).map(block).collect();
        assert_eq!(
            got,
            [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
        );
        assert_eq!(block(u64::MAX), LONGEST_BLOCK);
    }
}
