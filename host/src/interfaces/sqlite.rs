//! `fermyon:spin/sqlite`: SQL in a SQLite file, a new connection per `open`.

use rusqlite::types;
use wasmtime::component::Resource;

use crate::bindings::fermyon::spin2_0_0::sqlite::{
    Error, Host, HostConnection, QueryResult, RowResult, Value,
};
use crate::database::Database;
use crate::state::State;

impl Host for State {}

impl HostConnection for State {
    async fn open(&mut self, label: String) -> Result<Resource<Database>, Error> {
        let path = self
            .grants
            .databases
            .get(&label)
            .ok_or(Error::AccessDenied)?;
        let database = Database::new(path.clone());
        self.table
            .push(database)
            .map_err(|error| Error::Io(error.to_string()))
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
        let parameters = parameters.into_iter().map(to_sql).collect();
        let table = database
            .execute(statement, parameters)
            .await
            .map_err(Error::Io)?;
        let rows = table.rows.into_iter().map(|row| RowResult {
            values: row.into_iter().map(from_sql).collect(),
        });
        Ok(QueryResult {
            columns: table.columns,
            rows: rows.collect(),
        })
    }

    async fn drop(&mut self, database: Resource<Database>) -> wasmtime::Result<()> {
        self.table.delete(database)?;
        Ok(())
    }
}

fn to_sql(value: Value) -> types::Value {
    match value {
        Value::Integer(value) => types::Value::Integer(value),
        Value::Real(value) => types::Value::Real(value),
        Value::Text(value) => types::Value::Text(value),
        Value::Blob(value) => types::Value::Blob(value),
        Value::Null => types::Value::Null,
    }
}

fn from_sql(value: types::Value) -> Value {
    match value {
        types::Value::Integer(value) => Value::Integer(value),
        types::Value::Real(value) => Value::Real(value),
        types::Value::Text(value) => Value::Text(value),
        types::Value::Blob(value) => Value::Blob(value),
        types::Value::Null => Value::Null,
    }
}
