//! `fermyon:spin/sqlite`: SQL in a SQLite file, a new connection per `open`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use wasmtime::component::Resource;

use crate::bindings::fermyon::spin2_0_0::sqlite::{
    Error, Host, HostConnection, QueryResult, RowResult, Value,
};
use crate::memory::check_result_size;
use crate::state::State;

/// How long a statement waits for another connection's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// An open database; `Option` only so that nothing is opened before the first statement.
pub struct Database {
    path: Option<PathBuf>,
    connection: Arc<Mutex<Option<Connection>>>,
}

/// Opens a SQLite file, or memory, so that several connections get along: with a
/// write-ahead log, and waiting for each other.
pub fn open_file(path: Option<&Path>) -> rusqlite::Result<Connection> {
    let connection = match path {
        None => Connection::open_in_memory()?,
        Some(path) => {
            if let Some(dir) = path.parent() {
                // If this fails, so does opening, which says why.
                _ = std::fs::create_dir_all(dir);
            }
            Connection::open(path)?
        }
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With a write-ahead log this loses nothing when a process dies.
    connection.pragma_update(None, "synchronous", "normal")?;
    // In KiB, for it is negative. Chunks of files are read once: the 2 MB that it is by
    // default would keep what nobody asks for again.
    connection.pragma_update(None, "cache_size", -64)?;
    Ok(connection)
}

impl Database {
    async fn execute(
        &self,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, Error> {
        let (path, connection) = (self.path.clone(), self.connection.clone());
        tokio::task::spawn_blocking(move || {
            let mut slot = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = match &*slot {
                Some(connection) => connection,
                None => {
                    let connection = open_file(path.as_deref()).map_err(io)?;
                    // A guest must not reach other files through its own.
                    connection.authorizer(Some(only_this_file));
                    slot.insert(connection)
                }
            };
            run(connection, &statement, parameters)
        })
        .await
        .map_err(io)?
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

fn run(
    connection: &Connection,
    statement: &str,
    parameters: Vec<Value>,
) -> Result<QueryResult, Error> {
    let mut statement = connection.prepare_cached(statement).map_err(io)?;
    let columns: Vec<String> = statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut found = statement
        .query(params_from_iter(parameters.into_iter().map(to_sql)))
        .map_err(io)?;
    while let Some(row) = found.next().map_err(io)? {
        let mut values = Vec::with_capacity(columns.len());
        for column in 0..columns.len() {
            let value = from_sql(row.get_ref(column).map_err(io)?)?;
            bytes += size_of::<Value>()
                + match &value {
                    Value::Text(text) => text.len(),
                    Value::Blob(blob) => blob.len(),
                    _ => 0,
                };
            values.push(value);
        }
        check_result_size(bytes).map_err(Error::Io)?;
        rows.push(RowResult { values });
    }
    Ok(QueryResult { columns, rows })
}

fn to_sql(value: Value) -> rusqlite::types::Value {
    match value {
        Value::Integer(value) => rusqlite::types::Value::Integer(value),
        Value::Real(value) => rusqlite::types::Value::Real(value),
        Value::Text(value) => rusqlite::types::Value::Text(value),
        Value::Blob(value) => rusqlite::types::Value::Blob(value),
        Value::Null => rusqlite::types::Value::Null,
    }
}

fn from_sql(value: ValueRef<'_>) -> Result<Value, Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(value) => Value::Text(std::str::from_utf8(value).map_err(io)?.to_owned()),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
    })
}

impl Host for State {}

impl HostConnection for State {
    async fn open(&mut self, database: String) -> Result<Resource<Database>, Error> {
        let path = self
            .component
            .databases
            .get(&database)
            .ok_or(Error::AccessDenied)?;
        let database = Database {
            path: path.clone(),
            connection: Arc::default(),
        };
        self.table.push(database).map_err(io)
    }

    async fn execute(
        &mut self,
        database: Resource<Database>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, Error> {
        let database = self
            .table
            .get(&database)
            .map_err(|_| Error::InvalidConnection)?;
        database.execute(statement, parameters).await
    }

    async fn drop(&mut self, database: Resource<Database>) -> wasmtime::Result<()> {
        self.table.delete(database)?;
        Ok(())
    }
}

fn io(error: impl std::fmt::Display) -> Error {
    Error::Io(error.to_string())
}
