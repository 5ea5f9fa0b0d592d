//! The store, as little of it as is needed: one call that runs one statement.
//!
//! The service implements [`Database`] over Spin's SQLite, the tests over a
//! real file. Several instances work on one file at once, in one process or in
//! several, so that "database is locked" is an ordinary answer: [`retrying`]
//! and [`transaction`] wait and try again.

use std::time::Duration;

use crate::AccountsError;

/// Waits between tries, in milliseconds: 1.3 s in all. A writer holds the lock
/// for some milliseconds, on a slow disk for 50; whoever has to wait for longer
/// than this had better answer 503.
const WAITS_MS: [u64; 7] = [10, 20, 40, 80, 160, 320, 640];

/// One value of a row or a parameter.
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

impl From<u64> for Value {
    /// Times and counts only: what does not fit is as good as the largest.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// One row of a result, in the order of the selected columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The text in column `index`, or `None` for NULL.
    ///
    /// # Errors
    /// [`DatabaseError::Other`] if there is something else.
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
    /// [`DatabaseError::Other`] if there is something else.
    pub fn text(&self, index: usize) -> Result<&str, DatabaseError> {
        self.optional_text(index)?
            .ok_or_else(|| unexpected(index, Some(&Value::Null)))
    }

    /// The number in column `index`, from 0 on.
    ///
    /// # Errors
    /// [`DatabaseError::Other`] if there is something else.
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
    /// Somebody else holds the lock; trying again is right.
    #[error("the database is locked")]
    Busy,
    /// A UNIQUE constraint forbids it.
    #[error("there is such a row already")]
    Unique,
    /// Anything else; the text is SQLite's.
    #[error("database: {0}")]
    Other(String),
}

impl DatabaseError {
    /// Spin and libSQL pass SQLite's errors on as text only; this is the one
    /// place that reads it.
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
    /// Whatever the database says, sorted by [`DatabaseError::from_message`].
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError>;

    /// Waits before another try. Tests need not.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Runs `work` until it fails for another reason than a lock, or for the
/// eighth time.
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

/// Runs `work` in a transaction that has the write lock from its start, and
/// once more if the lock could not be had. Nothing stays of a failed `work`.
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
            // SQLite may have rolled back by itself, which makes this an error
            // that says nothing new.
            let _ = database.execute("ROLLBACK", &[]);
        }
        done
    })
}
