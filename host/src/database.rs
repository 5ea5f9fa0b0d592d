//! SQLite files: how they are opened, and SQL statements on them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use crate::memory::check_result_size;

/// How long a statement waits for another connection's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A guest's connection. The file is opened by the first statement.
#[derive(Clone)]
pub struct Database {
    path: Option<PathBuf>,
    connection: Arc<Mutex<Option<Connection>>>,
}

/// The result of a statement.
pub struct Table {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows of as many values as there are columns.
    pub rows: Vec<Vec<Value>>,
}

/// Opens a SQLite file, or a database in memory, with the settings that let several
/// connections work side by side: a write-ahead log and a busy timeout.
pub fn open_file(path: Option<&Path>) -> rusqlite::Result<Connection> {
    let connection = match path {
        None => Connection::open_in_memory()?,
        Some(path) => {
            if let Some(dir) = path.parent() {
                // If this fails, opening the file fails too and reports the reason.
                _ = std::fs::create_dir_all(dir);
            }
            Connection::open(path)?
        }
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With a write-ahead log, a crashing process loses nothing at this level.
    connection.pragma_update(None, "synchronous", "normal")?;
    // Negative: in KiB. Chunks of files are read once, so SQLite's default cache of
    // 2 MB would fill with pages that are not read again.
    connection.pragma_update(None, "cache_size", -64)?;
    Ok(connection)
}

impl Database {
    /// A connection to the file at `path`, or to a database in memory.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            connection: Arc::default(),
        }
    }

    /// Runs one statement, off the async threads.
    ///
    /// # Errors
    /// SQLite's message, or that the result is too large for a guest.
    pub async fn execute(
        &self,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Table, String> {
        let database = self.clone();
        tokio::task::spawn_blocking(move || database.execute_blocking(&statement, parameters))
            .await
            .map_err(text)?
    }

    fn execute_blocking(&self, statement: &str, parameters: Vec<Value>) -> Result<Table, String> {
        let mut slot = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let connection = match &*slot {
            Some(connection) => connection,
            None => {
                let connection = open_file(self.path.as_deref()).map_err(text)?;
                // A guest must not reach other files through its own database.
                connection.authorizer(Some(only_this_file));
                slot.insert(connection)
            }
        };
        run(connection, statement, parameters)
    }
}

fn only_this_file(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

fn run(connection: &Connection, statement: &str, parameters: Vec<Value>) -> Result<Table, String> {
    let mut statement = connection.prepare_cached(statement).map_err(text)?;
    let columns: Vec<String> = statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut found = statement
        .query(params_from_iter(parameters))
        .map_err(text)?;
    while let Some(row) = found.next().map_err(text)? {
        let mut values = Vec::with_capacity(columns.len());
        for column in 0..columns.len() {
            let value = owned(row.get_ref(column).map_err(text)?)?;
            bytes += size_of::<Value>()
                + match &value {
                    Value::Text(text) => text.len(),
                    Value::Blob(blob) => blob.len(),
                    _ => 0,
                };
            values.push(value);
        }
        check_result_size(bytes)?;
        rows.push(values);
    }
    Ok(Table { columns, rows })
}

/// Copies a value. SQLite's text may be invalid UTF-8, which `rusqlite`'s own conversion
/// panics on.
fn owned(value: ValueRef<'_>) -> Result<Value, String> {
    match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(|text| Value::Text(text.to_owned()))
            .map_err(text),
        other => Ok(other.into()),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_utf_8_is_an_error() {
        let connection = open_file(None).unwrap();
        let result = run(&connection, "SELECT CAST(x'ff' AS TEXT)", Vec::new());
        assert!(result.err().unwrap().contains("invalid utf-8"));
    }
}
