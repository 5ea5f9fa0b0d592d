//! Key-value stores in SQLite files and in Redis.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use rusqlite::{Connection, MAIN_DB, params};

use crate::database::open_file;
use crate::memory::check_result_size;
use crate::redis_connection::connect;
use crate::runtime_config::StoreLocation;

/// Spin's own table, so that Spin and this host can use the same file.
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";

/// An open store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    label: Arc<str>,
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<Mutex<Connection>>),
    Redis(Arc<RedisBackend>),
}

struct RedisBackend {
    client: redis::Client,
    connection: tokio::sync::Mutex<Option<MultiplexedConnection>>,
}

/// Opens each configured store once. Components share it.
pub fn open_all<'a>(
    locations: impl Iterator<Item = (&'a String, &'a StoreLocation)>,
) -> Result<HashMap<String, Store>, StoreError> {
    let mut files: HashMap<&Path, Arc<Mutex<Connection>>> = HashMap::new();
    let mut stores = HashMap::new();
    for (label, location) in locations {
        let fail = |reason: String| StoreError {
            label: label.clone(),
            reason,
        };
        let backend = match location {
            StoreLocation::Redis(url) => Backend::Redis(Arc::new(RedisBackend {
                client: redis::Client::open(url.as_str())
                    .map_err(|error| fail(error.to_string()))?,
                connection: tokio::sync::Mutex::default(),
            })),
            StoreLocation::Sqlite(path) => {
                let shared = path.as_deref().and_then(|path| files.get(path));
                Backend::Sqlite(match shared {
                    Some(connection) => connection.clone(),
                    None => {
                        let connection = open_file(path.as_deref())
                            .and_then(|c| c.execute(SCHEMA, []).map(|_| c))
                            .map_err(|error| fail(error.to_string()))?;
                        let connection = Arc::new(Mutex::new(connection));
                        if let Some(path) = path.as_deref() {
                            files.insert(path, connection.clone());
                        }
                        connection
                    }
                })
            }
        };
        stores.insert(
            label.clone(),
            Store {
                label: label.as_str().into(),
                backend,
            },
        );
    }
    Ok(stores)
}

/// A key-value store that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("key-value store {label:?}: {reason}")]
pub struct StoreError {
    label: String,
    reason: String,
}

impl Store {
    /// Runs `query` on the SQLite file, off the async threads.
    async fn on_file<T: Send + 'static>(
        connection: &Arc<Mutex<Connection>>,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, String> {
        let connection = connection.clone();
        tokio::task::spawn_blocking(move || {
            query(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(text)?
        .map_err(text)
    }

    pub async fn get(&self, key: String) -> Result<Option<Vec<u8>>, String> {
        let label = self.label.clone();
        let value: Option<Vec<u8>> = match &self.backend {
            Backend::Sqlite(connection) => {
                Self::on_file(connection, move |c| value_of(c, &label, &key)).await?
            }
            Backend::Redis(redis) => redis.run(async |mut c| c.get(&key).await).await?,
        };
        check_result_size(value.as_ref().map_or(0, Vec::len))?;
        Ok(value)
    }

    pub async fn set(&self, key: String, value: Vec<u8>) -> Result<(), String> {
        let label = self.label.clone();
        match &self.backend {
            Backend::Sqlite(connection) => {
                Self::on_file(connection, move |c| {
                    c.prepare_cached(
                        "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
                         ON CONFLICT (store, key) DO UPDATE SET value = ?3",
                    )?
                    .execute(params![&*label, key, value])
                    .map(drop)
                })
                .await
            }
            Backend::Redis(redis) => redis.run(async |mut c| c.set(&key, &value).await).await,
        }
    }

    pub async fn delete(&self, key: String) -> Result<(), String> {
        let label = self.label.clone();
        match &self.backend {
            Backend::Sqlite(connection) => {
                Self::on_file(connection, move |c| {
                    c.prepare_cached("DELETE FROM spin_key_value WHERE store=?1 AND key=?2")?
                        .execute([&*label, &key])
                        .map(drop)
                })
                .await
            }
            Backend::Redis(redis) => redis.run(async |mut c| c.del(&key).await).await,
        }
    }

    pub async fn exists(&self, key: String) -> Result<bool, String> {
        let label = self.label.clone();
        match &self.backend {
            Backend::Sqlite(connection) => {
                Self::on_file(connection, move |c| {
                    c.prepare_cached("SELECT 1 FROM spin_key_value WHERE store=?1 AND key=?2")?
                        .exists([&*label, &key])
                })
                .await
            }
            Backend::Redis(redis) => redis.run(async |mut c| c.exists(&key).await).await,
        }
    }

    pub async fn keys(&self) -> Result<Vec<String>, String> {
        let label = self.label.clone();
        let keys: Vec<String> = match &self.backend {
            Backend::Sqlite(connection) => {
                Self::on_file(connection, move |c| {
                    c.prepare_cached("SELECT key FROM spin_key_value WHERE store=?1")?
                        .query_map([&*label], |row| row.get(0))?
                        .collect()
                })
                .await?
            }
            Backend::Redis(redis) => redis.run(async |mut c| c.keys("*").await).await?,
        };
        check_result_size(keys.iter().map(|key| key.len() + size_of::<String>()).sum())?;
        Ok(keys)
    }
}

/// Reads a value directly from its pages. Read as a column, SQLite would assemble the
/// value first and then copy it, which is expensive for large chunks of files.
fn value_of(c: &Connection, label: &str, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut found =
        c.prepare_cached("SELECT rowid FROM spin_key_value WHERE store=?1 AND key=?2")?;
    // While the query is open, writes of other connections are invisible.
    let mut rows = found.query([label, key])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let blob = c.blob_open(MAIN_DB, "spin_key_value", "value", row.get(0)?, true)?;
    let mut value = vec![0; blob.len()];
    blob.read_at_exact(&mut value, 0)?;
    Ok(Some(value))
}

impl RedisBackend {
    /// Runs `command` on the shared connection. The connection is opened on first use and
    /// reopened after it was lost.
    async fn run<T>(
        &self,
        command: impl AsyncFnOnce(MultiplexedConnection) -> redis::RedisResult<T>,
    ) -> Result<T, String> {
        let connection = {
            let mut slot = self.connection.lock().await;
            match &*slot {
                Some(connection) => connection.clone(),
                None => slot
                    .insert(connect(&self.client).await.map_err(text)?)
                    .clone(),
            }
        };
        let result = command(connection).await;
        if result
            .as_ref()
            .is_err_and(redis::RedisError::is_unrecoverable_error)
        {
            *self.connection.lock().await = None;
        }
        result.map_err(text)
    }
}

fn text(error: impl std::fmt::Display) -> String {
    tracing::warn!("key-value: {error}");
    error.to_string()
}
