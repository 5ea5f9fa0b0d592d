//! The tables, and how a database gets them.
//!
//! There is no start hook on SpinKube, so each request asks for the version
//! (one read of the file's header) and almost always goes on. A step is
//! applied whole or not at all, and two instances that start at once apply it
//! once: the version is read again under the write lock.
//!
//! Rules for a new step: append it, never change one that has been released,
//! and only add, since instances of the version before are still at work
//! during a roll-out. A database that is ahead of this table is therefore fine.

use crate::database::{Database, retrying, transaction};
use crate::{AccountsError, DatabaseError};

/// One step: the statements that lead from its index to the next version.
type Step = &'static [&'static str];

const STEPS: &[Step] = &[&[
    // email_key is Email::lookup of email.
    "CREATE TABLE users (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
        created_at INTEGER NOT NULL
    )",
    // account is a hash of what was typed: people type passwords into the
    // wrong field. Times are Unix seconds.
    "CREATE TABLE login_failures (
        account TEXT PRIMARY KEY NOT NULL,
        failures INTEGER NOT NULL,
        failed_at INTEGER NOT NULL,
        blocked_until INTEGER NOT NULL
    )",
    "CREATE INDEX login_failures_failed_at ON login_failures (failed_at)",
    // secret is NULL for a key that the operator gives by the variable.
    "CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY NOT NULL,
        secret TEXT,
        public TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        publish_until INTEGER NOT NULL
    )",
]];

/// Brings the database up to date, which mostly means that it is already.
/// Returns whether anything was done.
///
/// # Errors
/// [`AccountsError::Database`].
pub fn migrate<D: Database>(database: &D) -> Result<bool, AccountsError> {
    if retrying(database, |database| Ok(version(database)?))? >= STEPS.len() {
        return Ok(false);
    }
    transaction(database, |database| {
        let from = version(database)?;
        for statement in STEPS.iter().skip(from).copied().flatten() {
            database.execute(statement, &[])?;
        }
        if from < STEPS.len() {
            // A pragma takes no parameters.
            database.execute(&format!("PRAGMA user_version = {}", STEPS.len()), &[])?;
        }
        Ok(from < STEPS.len())
    })
}

fn version(database: &impl Database) -> Result<usize, DatabaseError> {
    let rows = database.execute("PRAGMA user_version", &[])?;
    let row = rows
        .first()
        .ok_or_else(|| DatabaseError::Other("no user_version".to_owned()))?;
    Ok(usize::try_from(row.number(0)?).unwrap_or(usize::MAX))
}
