//! Connections to Redis for guests and for key-value stores.

use std::time::Duration;

use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;

/// A server that takes longer to accept a connection counts as down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects without a response timeout: some commands block on purpose.
pub async fn connect(client: &redis::Client) -> redis::RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(None);
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}
