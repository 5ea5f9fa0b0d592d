//! The tables, and their migrations.
//!
//! SpinKube has no start hook, so every request reads the schema version (one
//! read of the file's header), which is almost always current. A migration is
//! applied completely or not at all. Two instances that start at once apply it
//! once, because the version is read again under the write lock.
//!
//! Append new migrations and never change a released one. Only add to the
//! schema: instances of the previous version still run during a roll-out. A
//! database with a newer schema is therefore fine.

use crate::database::{Database, retrying, transaction};
use crate::{AccountsError, DatabaseError};

/// The statements that lead from the version at its index to the next one.
type Migration = &'static [&'static str];

const MIGRATIONS: &[Migration] = &[&[
    // email_key is Email::lookup of email.
    "CREATE TABLE users (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
        created_at INTEGER NOT NULL
    )",
    // account is a hash of the address, because people type passwords into the
    // wrong field. Times are Unix seconds.
    "CREATE TABLE login_failures (
        account TEXT PRIMARY KEY NOT NULL,
        failures INTEGER NOT NULL,
        failed_at INTEGER NOT NULL,
        blocked_until INTEGER NOT NULL
    )",
    "CREATE INDEX login_failures_failed_at ON login_failures (failed_at)",
    // secret is NULL for a key that the operator configures.
    "CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY NOT NULL,
        secret TEXT,
        public TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        publish_until INTEGER NOT NULL
    )",
]];

/// Brings the schema up to date. Returns whether it changed anything.
///
/// # Errors
/// [`AccountsError::Database`].
pub fn migrate<D: Database>(database: &D) -> Result<bool, AccountsError> {
    if retrying(database, |database| Ok(version(database)?))? >= MIGRATIONS.len() {
        return Ok(false);
    }
    transaction(database, |database| {
        let from = version(database)?;
        for statement in MIGRATIONS.iter().skip(from).copied().flatten() {
            database.execute(statement, &[])?;
        }
        if from < MIGRATIONS.len() {
            // A pragma takes no parameters.
            database.execute(&format!("PRAGMA user_version = {}", MIGRATIONS.len()), &[])?;
        }
        Ok(from < MIGRATIONS.len())
    })
}

fn version(database: &impl Database) -> Result<usize, DatabaseError> {
    let rows = database.execute("PRAGMA user_version", &[])?;
    let row = rows
        .first()
        .ok_or_else(|| DatabaseError::Other("no user_version".to_owned()))?;
    Ok(usize::try_from(row.number(0)?).unwrap_or(usize::MAX))
}
