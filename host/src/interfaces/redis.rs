//! `fermyon:spin/redis`: commands to the Redis servers that a component may reach.

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Value};
use wasmtime::component::Resource;

use crate::bindings::fermyon::spin2_0_0::redis::{
    Error, Host, HostConnection, RedisParameter, RedisResult,
};
use crate::memory::check_result_size;
use crate::redis_connection::connect;
use crate::state::State;

type Connection = Resource<MultiplexedConnection>;

impl State {
    fn redis(&mut self, connection: &Connection) -> Result<&mut MultiplexedConnection, Error> {
        self.table.get_mut(connection).map_err(other)
    }
}

impl Host for State {}

impl HostConnection for State {
    async fn open(&mut self, address: String) -> Result<Connection, Error> {
        if !self.grants.allowed_hosts.allows(&address, "redis") {
            tracing::warn!(
                component = &*self.grants.component,
                "denied a connection to a Redis server that allowed_outbound_hosts does not list"
            );
            return Err(Error::InvalidAddress);
        }
        let client = redis::Client::open(address.as_str()).map_err(|_| Error::InvalidAddress)?;
        let connection = connect(&client).await.map_err(other)?;
        self.table
            .push(connection)
            .map_err(|_| Error::TooManyConnections)
    }

    async fn publish(
        &mut self,
        c: Connection,
        channel: String,
        payload: Vec<u8>,
    ) -> Result<(), Error> {
        self.redis(&c)?
            .publish(channel, payload)
            .await
            .map_err(other)
    }

    async fn get(&mut self, c: Connection, key: String) -> Result<Option<Vec<u8>>, Error> {
        let value: Option<Vec<u8>> = self.redis(&c)?.get(key).await.map_err(other)?;
        check_result_size(value.as_ref().map_or(0, Vec::len)).map_err(Error::Other)?;
        Ok(value)
    }

    async fn set(&mut self, c: Connection, key: String, value: Vec<u8>) -> Result<(), Error> {
        self.redis(&c)?.set(key, value).await.map_err(other)
    }

    async fn incr(&mut self, c: Connection, key: String) -> Result<i64, Error> {
        self.redis(&c)?.incr(key, 1).await.map_err(other)
    }

    async fn del(&mut self, c: Connection, keys: Vec<String>) -> Result<u32, Error> {
        self.redis(&c)?.del(keys).await.map_err(other)
    }

    async fn sadd(
        &mut self,
        c: Connection,
        key: String,
        values: Vec<String>,
    ) -> Result<u32, Error> {
        self.redis(&c)?.sadd(key, values).await.map_err(other)
    }

    async fn smembers(&mut self, c: Connection, key: String) -> Result<Vec<String>, Error> {
        self.redis(&c)?.smembers(key).await.map_err(other)
    }

    async fn srem(
        &mut self,
        c: Connection,
        key: String,
        values: Vec<String>,
    ) -> Result<u32, Error> {
        self.redis(&c)?.srem(key, values).await.map_err(other)
    }

    async fn execute(
        &mut self,
        c: Connection,
        command: String,
        arguments: Vec<RedisParameter>,
    ) -> Result<Vec<RedisResult>, Error> {
        let mut cmd = redis::cmd(&command);
        for argument in arguments {
            match argument {
                RedisParameter::Int64(value) => cmd.arg(value),
                RedisParameter::Binary(value) => cmd.arg(value),
            };
        }
        let value: Value = cmd.query_async(self.redis(&c)?).await.map_err(other)?;
        let mut results = Vec::new();
        flatten(value, &mut results)?;
        let size = |result: &RedisResult| match result {
            RedisResult::Binary(bytes) => bytes.len(),
            RedisResult::Status(text) => text.len(),
            RedisResult::Nil | RedisResult::Int64(_) => 0,
        };
        let bytes: usize = results
            .iter()
            .map(|r| size(r) + size_of::<RedisResult>())
            .sum();
        check_result_size(bytes).map_err(Error::Other)?;
        Ok(results)
    }

    async fn drop(&mut self, connection: Connection) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

/// Appends the leaves of `value` in order. Nested arrays become one flat list, as in Spin.
fn flatten(value: Value, results: &mut Vec<RedisResult>) -> Result<(), Error> {
    results.push(match value {
        Value::Nil => RedisResult::Nil,
        Value::Int(value) => RedisResult::Int64(value),
        Value::BulkString(bytes) => RedisResult::Binary(bytes),
        Value::SimpleString(text) => RedisResult::Status(text),
        Value::Okay => RedisResult::Status("OK".to_owned()),
        Value::Double(value) => RedisResult::Binary(value.to_string().into_bytes()),
        Value::Boolean(value) => RedisResult::Int64(value.into()),
        Value::Array(values) | Value::Set(values) => {
            return values
                .into_iter()
                .try_for_each(|value| flatten(value, results));
        }
        Value::ServerError(error) => return Err(Error::Other(format!("{error:?}"))),
        _ => {
            return Err(Error::Other(
                "this type of Redis response is not supported".to_owned(),
            ));
        }
    });
    Ok(())
}

fn other(error: impl std::fmt::Display) -> Error {
    Error::Other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_arrays_come_back_flat() {
        let value = Value::Array(vec![
            Value::BulkString(b"stream".to_vec()),
            Value::Array(vec![
                Value::Int(1),
                Value::Array(vec![Value::Okay, Value::Nil]),
            ]),
        ]);
        let mut results = Vec::new();
        flatten(value, &mut results).unwrap();
        assert!(matches!(
            &results[..],
            [
                RedisResult::Binary(_),
                RedisResult::Int64(1),
                RedisResult::Status(_),
                RedisResult::Nil
            ]
        ));
    }

    #[test]
    fn maps_are_an_error_as_in_spin() {
        assert!(flatten(Value::Map(Vec::new()), &mut Vec::new()).is_err());
    }
}
