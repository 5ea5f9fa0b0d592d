//! Implements [`Database`] over Spin's SQLite.

use spin_sdk::sqlite::{self, Connection};
use tonearm_accounts::{Database, DatabaseError, Row, Value};

/// A connection to the database `default`.
pub(crate) struct Spin(Connection);

impl Spin {
    pub(crate) fn open() -> Result<Self, DatabaseError> {
        Connection::open_default().map(Self).map_err(error)
    }
}

impl Database for Spin {
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let parameters: Vec<sqlite::Value> = parameters
            .iter()
            .map(|value| match value {
                Value::Null => sqlite::Value::Null,
                Value::Integer(number) => sqlite::Value::Integer(*number),
                Value::Text(text) => sqlite::Value::Text(text.clone()),
            })
            .collect();
        let result = self.0.execute(sql, &parameters).map_err(error)?;
        result
            .rows
            .into_iter()
            .map(|row| {
                Ok(Row(row
                    .values
                    .into_iter()
                    .map(value)
                    .collect::<Result<_, _>>()?))
            })
            .collect()
    }
}

fn value(value: sqlite::Value) -> Result<Value, DatabaseError> {
    match value {
        sqlite::Value::Null => Ok(Value::Null),
        sqlite::Value::Integer(number) => Ok(Value::Integer(number)),
        sqlite::Value::Text(text) => Ok(Value::Text(text)),
        // No table has such a column.
        sqlite::Value::Real(_) | sqlite::Value::Blob(_) => Err(DatabaseError::Other(
            "a value of an unexpected type".to_owned(),
        )),
    }
}

fn error(error: sqlite::Error) -> DatabaseError {
    match error {
        sqlite::Error::Io(message) => DatabaseError::from_message(&message),
        other => DatabaseError::Other(other.to_string()),
    }
}
