//! The runtime configuration: the location of stores and databases.
//!
//! The file has Spin's format. This host has these providers: key-value in a SQLite file
//! (`spin`) or in Redis (`redis`), SQL in a SQLite file (`spin`). Defaults and their file
//! names are Spin's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Why a runtime configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeConfigError {
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: {source}")]
    Parse {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("{field}: this host has no provider of that type, only {instead}; Spin has it")]
    Unsupported {
        field: String,
        instead: &'static str,
    },
}

/// The location of a key-value store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A SQLite file, or memory if there is no path.
    Sqlite(Option<PathBuf>),
    /// The URL of a Redis server; may contain a password.
    Redis(String),
}

/// The stores, databases and limits to use.
#[derive(Debug)]
pub struct RuntimeConfig {
    /// By label.
    pub stores: BTreeMap<String, StoreLocation>,
    /// Files by label; `None` is a database in memory.
    pub databases: BTreeMap<String, Option<PathBuf>>,
    /// Limit of each linear memory, in bytes.
    pub max_instance_memory: Option<usize>,
    /// The folder of the default store and database.
    pub state_dir: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    state_dir: Option<PathBuf>,
    max_instance_memory: Option<usize>,
    #[serde(default)]
    key_value_store: BTreeMap<String, StoreEntry>,
    #[serde(default)]
    sqlite_database: BTreeMap<String, DatabaseEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum StoreEntry {
    Spin { path: Option<PathBuf> },
    Redis { url: String },
    AwsDynamo(#[expect(dead_code, reason = "parsed only for the error message")] toml::Table),
    AzureCosmos(#[expect(dead_code, reason = "parsed only for the error message")] toml::Table),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum DatabaseEntry {
    Spin { path: Option<PathBuf> },
    Libsql(#[expect(dead_code, reason = "parsed only for the error message")] toml::Table),
}

/// The default state folder: `.spin` beside the manifest.
pub fn default_state_dir(app_dir: &Path) -> PathBuf {
    app_dir.join(".spin")
}

impl RuntimeConfig {
    /// Reads `file`, if given, and adds the defaults. `state_dir` takes precedence over
    /// the file's.
    pub fn load(
        file: Option<&Path>,
        state_dir: Option<PathBuf>,
        app_dir: &Path,
    ) -> Result<Self, RuntimeConfigError> {
        let (parsed, dir) = match file {
            Some(path) => (
                read(path)?,
                path.parent().unwrap_or(Path::new("")).to_owned(),
            ),
            None => (File::default(), PathBuf::new()),
        };
        let state_dir = state_dir
            .or(parsed.state_dir)
            .unwrap_or_else(|| default_state_dir(app_dir));
        let mut stores = BTreeMap::new();
        for (label, entry) in parsed.key_value_store {
            let location = match entry {
                // As in Spin, a store's path is relative to this file, but a
                // database's path to the working directory.
                StoreEntry::Spin { path } => StoreLocation::Sqlite(path.map(|p| dir.join(p))),
                StoreEntry::Redis { url } => StoreLocation::Redis(url),
                StoreEntry::AwsDynamo(_) => return Err(no_store(&label, "aws_dynamo")),
                StoreEntry::AzureCosmos(_) => return Err(no_store(&label, "azure_cosmos")),
            };
            stores.insert(label, location);
        }
        let mut databases = BTreeMap::new();
        for (label, entry) in parsed.sqlite_database {
            let DatabaseEntry::Spin { path } = entry else {
                return Err(RuntimeConfigError::Unsupported {
                    field: format!("sqlite_database.{label}.type = \"libsql\""),
                    instead: "\"spin\"",
                });
            };
            databases.insert(label, path);
        }
        stores
            .entry("default".to_owned())
            .or_insert_with(|| StoreLocation::Sqlite(Some(state_dir.join("sqlite_key_value.db"))));
        databases
            .entry("default".to_owned())
            .or_insert_with(|| Some(state_dir.join("sqlite_db.db")));
        Ok(Self {
            stores,
            databases,
            max_instance_memory: parsed.max_instance_memory,
            state_dir,
        })
    }
}

fn no_store(label: &str, kind: &str) -> RuntimeConfigError {
    RuntimeConfigError::Unsupported {
        field: format!("key_value_store.{label}.type = {kind:?}"),
        instead: "\"spin\" and \"redis\"",
    }
}

fn read(path: &Path) -> Result<File, RuntimeConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| RuntimeConfigError::Read {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|source| RuntimeConfigError::Parse {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests;
