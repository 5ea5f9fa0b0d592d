//! The interface to SQLite: one call that runs one statement.
//!
//! The service implements [`Database`] over Spin's SQLite, the tests over a
//! file. Several instances use one file at once, within one process or across
//! processes, so "database is locked" is a normal condition: [`retrying`] and
//! [`transaction`] wait and retry.

use std::time::Duration;

use crate::AccountsError;

/// Delays between attempts, in milliseconds: 1.3 s in total. A writer holds the
/// lock for a few milliseconds, on a slow disk for 50. If it is still locked
/// after that, the service answers 503.
const WAITS_MS: [u64; 7] = [10, 20, 40, 80, 160, 320, 640];

/// A value of a row, or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// Text in UTF-8.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Value {
    /// `None` becomes NULL.
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<u64> for Value {
    /// For times and counts. A number beyond `i64::MAX` becomes `i64::MAX`.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A row of a result, in the order of the selected columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The text in column `index`, or `None` for NULL.
    ///
    /// # Errors
    /// [`DatabaseError::Other`] if the value has another type.
    pub fn optional_text(&self, index: usize) -> Result<Option<&str>, DatabaseError> {
        match self.0.get(index) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            other => Err(unexpected(index, other)),
        }
    }

    /// The text in column `index`.
    ///
    /// # Errors
    /// [`DatabaseError::Other`] if the value has another type.
    pub fn text(&self, index: usize) -> Result<&str, DatabaseError> {
        self.optional_text(index)?
            .ok_or_else(|| unexpected(index, Some(&Value::Null)))
    }

    /// The non-negative number in column `index`.
    ///
    /// # Errors
    /// [`DatabaseError::Other`] if the value has another type.
    pub fn number(&self, index: usize) -> Result<u64, DatabaseError> {
        match self.0.get(index) {
            Some(Value::Integer(number)) => {
                u64::try_from(*number).map_err(|_| unexpected(index, self.0.get(index)))
            }
            other => Err(unexpected(index, other)),
        }
    }
}

fn unexpected(index: usize, value: Option<&Value>) -> DatabaseError {
    DatabaseError::Other(format!("column {index} holds {value:?}"))
}

/// Why a statement failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// Another connection holds the lock; a retry may succeed.
    #[error("the database is locked")]
    Busy,
    /// The statement violates a UNIQUE constraint.
    #[error("there is such a row already")]
    Unique,
    /// Any other error, with SQLite's message.
    #[error("database: {0}")]
    Other(String),
}

impl DatabaseError {
    /// Classifies SQLite's message. Spin and libSQL report errors as text only.
    pub fn from_message(message: &str) -> Self {
        let lower = message.to_ascii_lowercase();
        let any = |needles: &[&str]| needles.iter().any(|needle| lower.contains(needle));
        if any(&["is locked", "sqlite_busy", "sqlite_locked", "database busy"]) {
            Self::Busy
        } else if any(&["unique constraint failed", "sqlite_constraint_unique"]) {
            Self::Unique
        } else {
            Self::Other(message.to_owned())
        }
    }
}

/// One connection to a SQLite database.
pub trait Database {
    /// Runs one statement and returns all rows.
    ///
    /// # Errors
    /// The database's error, classified by [`DatabaseError::from_message`].
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError>;

    /// Waits before the next attempt. Tests may skip the wait.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Has SQLite overwrite what this connection deletes or changes, which otherwise stays in the
/// file until its place is needed. A server for libSQL may refuse that; it has rules of its
/// own for what it stores.
pub fn overwrite_deleted(database: &impl Database) {
    let _ = database.execute("PRAGMA secure_delete = ON", &[]);
}

/// Runs `work` up to eight times, as long as it fails because of a lock.
pub(crate) fn retrying<D: Database, T>(
    database: &D,
    mut work: impl FnMut(&D) -> Result<T, AccountsError>,
) -> Result<T, AccountsError> {
    for wait in WAITS_MS {
        match work(database) {
            Err(AccountsError::Database(DatabaseError::Busy)) => {
                database.pause(Duration::from_millis(wait));
            }
            done => return done,
        }
    }
    work(database)
}

/// Runs `work` in a transaction that takes the write lock at its start. Retries
/// while the database is locked. A failed `work` is rolled back.
pub(crate) fn transaction<D: Database, T>(
    database: &D,
    mut work: impl FnMut(&D) -> Result<T, AccountsError>,
) -> Result<T, AccountsError> {
    retrying(database, |database| {
        database.execute("BEGIN IMMEDIATE", &[])?;
        let done = work(database).and_then(|value| {
            database.execute("COMMIT", &[])?;
            Ok(value)
        });
        if done.is_err() {
            // SQLite may have rolled back already, in which case this fails
            // harmlessly.
            let _ = database.execute("ROLLBACK", &[]);
        }
        done
    })
}
