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

const MIGRATIONS: &[Migration] = &[FIRST, LIFE_OF_ACCOUNTS];

const FIRST: Migration = &[
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
];

/// Confirmed addresses, links, sessions, and letters. Times are Unix seconds.
const LIFE_OF_ACCOUNTS: Migration = &[
    // confirmed_at is NULL while the address is not confirmed, so also in the rows that an
    // instance of the previous release inserts. token_version is the claim `ver`.
    "ALTER TABLE users ADD COLUMN confirmed_at INTEGER",
    "ALTER TABLE users ADD COLUMN token_version INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN mails INTEGER NOT NULL DEFAULT 1",
    // Until now an account was all the proof of an address that there was.
    "UPDATE users SET confirmed_at = created_at",
    // Unconfirmed accounts. An address may have several, beside its user.
    "CREATE TABLE registrations (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        token_version INTEGER NOT NULL DEFAULT 0,
        mails INTEGER NOT NULL DEFAULT 1,
        created_at INTEGER NOT NULL
    )",
    "CREATE INDEX registrations_email_key ON registrations (email_key)",
    "CREATE INDEX registrations_created_at ON registrations (created_at)",
    // token_hash is the SHA-256 of the link's token. account is NULL for a link that
    // confirms an address, whichever account it will belong to. password_hash is that of
    // the account with the salt of its new address.
    "CREATE TABLE links (
        token_hash TEXT PRIMARY KEY NOT NULL,
        purpose TEXT NOT NULL,
        account TEXT,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL,
        password_hash TEXT,
        tries INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
    )",
    "CREATE INDEX links_account ON links (account)",
    "CREATE INDEX links_email_key ON links (email_key)",
    "CREATE INDEX links_expires_at ON links (expires_at)",
    // recipient is a hash of the address.
    "CREATE TABLE sent_letters (
        recipient TEXT NOT NULL,
        event TEXT NOT NULL,
        sent_at INTEGER NOT NULL
    )",
    "CREATE INDEX sent_letters_recipient ON sent_letters (recipient)",
    "CREATE INDEX sent_letters_sent_at ON sent_letters (sent_at)",
    "CREATE TABLE sessions (
        id TEXT PRIMARY KEY NOT NULL,
        account TEXT NOT NULL,
        user_agent TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        renewed_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
    )",
    "CREATE INDEX sessions_account ON sessions (account)",
    // What is still to be told to Redis. body is a sealed letter or the id of a session,
    // never an address in the clear.
    "CREATE TABLE outbox (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        account TEXT,
        body TEXT,
        created_at INTEGER NOT NULL
    )",
];

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
