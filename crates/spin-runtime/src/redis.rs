//! Redis through Spin.

use spin_sdk::redis::{Connection, Error, RedisParameter, RedisResult};
use tonearm_redis_client::{Redis, RedisError, Value};

use crate::{ConfigError, variables};

/// A connection to Redis. Every connection is a new TCP connection, so open one per
/// invocation.
#[derive(Debug)]
pub struct Connected(Connection);

/// Why a connection could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A variable is missing or invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Redis could not be reached.
    #[error("the queue is unavailable: {0}")]
    Redis(#[from] RedisError),
}

/// Connects according to the variables `redis_scheme`, `redis_credentials` and
/// `redis_address`.
pub fn connect() -> Result<Connected, OpenError> {
    let scheme = variables::text("redis_scheme")?;
    let credentials = variables::text("redis_credentials")?;
    let address = variables::text("redis_address")?;
    let url = format!("{scheme}://{credentials}{address}/0");
    // Spin's error text about an address is dropped, since it contains the password.
    match Connection::open(&url) {
        Ok(connection) => Ok(Connected(connection)),
        Err(Error::InvalidAddress) => {
            Err(ConfigError::new("redis_address", "not allowed or not HOST:PORT").into())
        }
        Err(_) => Err(RedisError(format!("no connection to {address}")).into()),
    }
}

/// Like [`connect`], with one type of error for both causes.
pub fn reconnect() -> Result<Connected, RedisError> {
    connect().map_err(|error| match error {
        OpenError::Redis(error) => error,
        OpenError::Config(error) => RedisError(error.to_string()),
    })
}

impl Redis for Connected {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| RedisParameter::Binary(argument.as_bytes().to_vec()))
            .collect();
        let reply = self.0.execute(command, &arguments).map_err(|error| {
            RedisError(match error {
                Error::Other(reason) => reason,
                other => other.to_string(),
            })
        })?;
        Ok(reply
            .into_iter()
            .map(|value| match value {
                RedisResult::Nil => Value::Nil,
                RedisResult::Status(status) => Value::Status(status),
                RedisResult::Int64(number) => Value::Int(number),
                RedisResult::Binary(bytes) => Value::Bytes(bytes),
            })
            .collect())
    }
}
