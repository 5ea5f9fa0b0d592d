//! The one thing this crate needs of Redis: to run a command.

/// One element of an answer. Nested arrays are flattened, as Spin's interface
/// does; the scripts answer flat arrays, so nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Nil,
    /// A status such as `OK`.
    Status(String),
    /// An integer.
    Int(i64),
    /// A bulk string.
    Bytes(Vec<u8>),
}

impl Value {
    /// The value as text, where it is one.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Nil => None,
            Self::Status(text) => Some(text.clone()),
            Self::Int(number) => Some(number.to_string()),
            Self::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
        }
    }

    /// The value as an integer, where it is one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => self.text()?.parse().ok(),
        }
    }
}

/// Redis could not be reached or answered an error; the text says which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RedisError(pub String);

/// A connection to Redis 6.2 or later, or Valkey.
pub trait Redis {
    /// Runs one command and returns its answer, flattened.
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError>;
}

impl<R: Redis + ?Sized> Redis for &R {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        (**self).run(command, arguments)
    }
}
