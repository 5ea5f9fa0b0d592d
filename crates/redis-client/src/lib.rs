//! The interface to Redis that the services share.
//!
//! In a component, Spin's outbound Redis implements [`Redis`]; in native tests an
//! ordinary client does. Both flatten nested replies, as Spin's interface does.

/// One value of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The null reply.
    Nil,
    /// A status such as `OK`.
    Status(String),
    /// An integer.
    Int(i64),
    /// A bulk string.
    Bytes(Vec<u8>),
}

impl Value {
    /// The value as text; `None` for the null reply and for bytes that are not UTF-8.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Nil => None,
            Self::Status(text) => Some(text.clone()),
            Self::Int(number) => Some(number.to_string()),
            Self::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
        }
    }

    /// The value as an integer; `None` where it is not one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => self.text()?.parse().ok(),
        }
    }
}

/// Redis could not be reached or replied with an error. The text holds the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RedisError(pub String);

/// A connection to Redis 6.2 or later, or to Valkey.
pub trait Redis {
    /// Runs one command and returns its reply, nested arrays flattened.
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError>;
}

impl<R: Redis + ?Sized> Redis for &R {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        (**self).run(command, arguments)
    }
}

impl<R: Redis + ?Sized> Redis for std::rc::Rc<R> {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        (**self).run(command, arguments)
    }
}
