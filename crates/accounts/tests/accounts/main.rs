//! Accounts on a real SQLite file, with several connections.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod addresses;
mod concurrency;
mod confirmation;
mod deletion;
mod login_throttling;
mod migrations;
mod outbox;
mod passwords;
mod problems;
mod racing;
mod registration;
mod roll_out;
mod secrecy;
mod sessions;
mod signing_keys;
mod world;

use std::path::Path;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter, types};
use tempfile::TempDir;
use tonearm_accounts::{Credentials, Database, DatabaseError, Row, Value, migrate};

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: u64 = 1_767_225_600;

/// A connection that never waits for a lock. Like Spin's, it runs one statement
/// per call and reports errors as text.
pub(crate) struct File(Connection);

impl File {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        Self(connection)
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        self.execute(&format!("SELECT count(*) FROM {table}"), &[])
            .unwrap()[0]
            .number(0)
            .unwrap()
    }
}

impl Database for File {
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let error = |error: rusqlite::Error| DatabaseError::from_message(&error.to_string());
        let mut statement = self.0.prepare_cached(sql).map_err(error)?;
        let columns = statement.column_count();
        let parameters = parameters.iter().map(|value| match value {
            Value::Null => types::Value::Null,
            Value::Integer(number) => types::Value::Integer(*number),
            Value::Text(text) => types::Value::Text(text.clone()),
        });
        let mut rows = statement
            .query(params_from_iter(parameters))
            .map_err(error)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            let values = (0..columns).map(|index| match row.get_ref(index).unwrap() {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                other => Value::Text(other.as_str().unwrap().to_owned()),
            });
            all.push(Row(values.collect()));
        }
        Ok(all)
    }
}

/// A new database with all tables.
pub(crate) fn fresh() -> (TempDir, File) {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(&folder.path().join("accounts.db"));
    assert!(migrate(&file).unwrap());
    (folder, file)
}

pub(crate) fn credentials(email: &str, password: &str) -> Credentials {
    Credentials {
        email: email.to_owned(),
        password: password.to_owned().into(),
    }
}
