//! The queue: Redis through Spin.

use spin_sdk::redis::{Connection, Error, RedisParameter, RedisResult};
use tonearm_jobs::{Jobs, Redis, RedisError, Value};

use crate::{ConfigError, variables};

/// A connection to Redis. Opened once per invocation: each opening is a new
/// TCP connection.
#[derive(Debug)]
pub struct Connected(Connection);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A variable is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Redis is away.
    #[error("the queue is unavailable: {0}")]
    Redis(#[from] RedisError),
}

/// Connects as the variables `redis_scheme`, `redis_credentials` and
/// `redis_address` say.
pub fn open() -> Result<Jobs<Connected>, OpenError> {
    Ok(Jobs::new(connect()?))
}

/// A bare connection, for those who keep other things in Redis.
pub fn connect() -> Result<Connected, OpenError> {
    let scheme = variables::text("redis_scheme")?;
    let credentials = variables::text("redis_credentials")?;
    let address = variables::text("redis_address")?;
    let url = format!("{scheme}://{credentials}{address}/0");
    // The error text of an address is not passed on: it would hold the password.
    match Connection::open(&url) {
        Ok(connection) => Ok(Connected(connection)),
        Err(Error::InvalidAddress) => {
            Err(ConfigError::new("redis_address", "not allowed or not HOST:PORT").into())
        }
        Err(_) => Err(RedisError(format!("no connection to {address}")).into()),
    }
}

impl Redis for Connected {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| RedisParameter::Binary(argument.as_bytes().to_vec()))
            .collect();
        let answer = self.0.execute(command, &arguments).map_err(|e| {
            RedisError(match e {
                Error::Other(reason) => reason,
                other => other.to_string(),
            })
        })?;
        Ok(answer
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
