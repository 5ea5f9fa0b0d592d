//! `fermyon:spin/key-value`: stores in a SQLite file or in Redis.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use rusqlite::{Connection, OptionalExtension, params};
use wasmtime::component::Resource;

use crate::bindings::fermyon::spin2_0_0::key_value::{Error, Host, HostStore};
use crate::outbound_redis::connect;
use crate::runtime_config::StoreLocation;
use crate::sqlite::open_file;
use crate::state::State;

/// The most that one call may bring into a guest, as in Spin.
pub const MAX_RESULT_BYTES: usize = 128 * 1024 * 1024;

/// Spin's own table, so that both read the same file.
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

/// Opens every configured store once; components share them.
///
/// # Errors
/// If a file cannot be opened or a URL is not valid.
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
    ) -> Result<T, Error> {
        let connection = connection.clone();
        tokio::task::spawn_blocking(move || {
            query(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(other)?
        .map_err(other)
    }

    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        let label = self.label.clone();
        let value: Option<Vec<u8>> = match &self.backend {
            Backend::Sqlite(connection) => {
                Self::on_file(connection, move |c| {
                    c.prepare_cached("SELECT value FROM spin_key_value WHERE store=?1 AND key=?2")?
                        .query_row([&*label, &key], |row| row.get(0))
                        .optional()
                })
                .await?
            }
            Backend::Redis(redis) => redis.run(async |mut c| c.get(&key).await).await?,
        };
        if value
            .as_ref()
            .is_some_and(|value| value.len() > MAX_RESULT_BYTES)
        {
            return Err(too_large());
        }
        Ok(value)
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
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

    async fn delete(&self, key: String) -> Result<(), Error> {
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

    async fn exists(&self, key: String) -> Result<bool, Error> {
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

    async fn keys(&self) -> Result<Vec<String>, Error> {
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
        if keys
            .iter()
            .map(|key| key.len() + size_of::<String>())
            .sum::<usize>()
            > MAX_RESULT_BYTES
        {
            return Err(too_large());
        }
        Ok(keys)
    }
}

impl RedisBackend {
    /// Runs `command` on the shared connection, which is opened when it is first
    /// needed and again after it was lost.
    async fn run<T>(
        &self,
        command: impl AsyncFnOnce(MultiplexedConnection) -> redis::RedisResult<T>,
    ) -> Result<T, Error> {
        let connection = {
            let mut slot = self.connection.lock().await;
            match &*slot {
                Some(connection) => connection.clone(),
                None => slot
                    .insert(connect(&self.client).await.map_err(other)?)
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
        result.map_err(other)
    }
}

impl Host for State {}

impl HostStore for State {
    async fn open(&mut self, label: String) -> Result<Resource<Store>, Error> {
        // What is granted is also configured: `app` sees to that at start.
        let store = self
            .component
            .stores
            .get(&label)
            .ok_or(Error::AccessDenied)?;
        self.table
            .push(store.clone())
            .map_err(|_| Error::StoreTableFull)
    }

    async fn get(&mut self, store: Resource<Store>, key: String) -> Result<Option<Vec<u8>>, Error> {
        self.table
            .get(&store)
            .map_err(other)?
            .clone()
            .get(key)
            .await
    }

    async fn set(
        &mut self,
        store: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> Result<(), Error> {
        self.table
            .get(&store)
            .map_err(other)?
            .clone()
            .set(key, value)
            .await
    }

    async fn delete(&mut self, store: Resource<Store>, key: String) -> Result<(), Error> {
        self.table
            .get(&store)
            .map_err(other)?
            .clone()
            .delete(key)
            .await
    }

    async fn exists(&mut self, store: Resource<Store>, key: String) -> Result<bool, Error> {
        self.table
            .get(&store)
            .map_err(other)?
            .clone()
            .exists(key)
            .await
    }

    async fn get_keys(&mut self, store: Resource<Store>) -> Result<Vec<String>, Error> {
        self.table.get(&store).map_err(other)?.clone().keys().await
    }

    async fn drop(&mut self, store: Resource<Store>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

fn other(error: impl std::fmt::Display) -> Error {
    tracing::warn!("key-value: {error}");
    Error::Other(error.to_string())
}

fn too_large() -> Error {
    Error::Other(format!(
        "query result exceeds limit of {MAX_RESULT_BYTES} bytes"
    ))
}
