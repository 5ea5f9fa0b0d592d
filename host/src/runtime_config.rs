//! The runtime configuration: where stores and databases really are.
//!
//! The same file as Spin's, with the providers that this host has: key-value in a
//! SQLite file (`spin`) or in Redis (`redis`), SQL in a SQLite file (`spin`). Where
//! Spin has a default, so has this host, with the same file names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Why a runtime configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file's path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or a key or a value is not known here.
    #[error("{path}: {source}")]
    Parse {
        /// The file's path.
        path: PathBuf,
        /// Where and what, with the valid values.
        source: Box<toml::de::Error>,
    },
    /// Something that Spin supports and this host does not.
    #[error("{field} is not supported by this host yet; {instead}")]
    Unsupported {
        /// The key, as a path through the tables.
        field: String,
        /// What this host has.
        instead: &'static str,
    },
}

/// Where a key-value store's data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A SQLite file, or memory if there is no path.
    Sqlite(Option<PathBuf>),
    /// A Redis server's URL; may hold a password.
    Redis(String),
}

/// The stores, databases and limits to use.
#[derive(Debug)]
pub struct RuntimeConfig {
    /// By the label that components open.
    pub stores: BTreeMap<String, StoreLocation>,
    /// By the label that components open; `None` is in memory.
    pub databases: BTreeMap<String, Option<PathBuf>>,
    /// The most bytes that one linear memory may grow to.
    pub max_instance_memory: Option<usize>,
    /// Where the default store and database are.
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
    Spin {
        path: Option<PathBuf>,
    },
    Redis {
        url: String,
    },
    #[serde(alias = "azure_cosmos")]
    AwsDynamo(#[expect(dead_code, reason = "read only to be refused by name")] toml::Table),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum DatabaseEntry {
    Spin { path: Option<PathBuf> },
    Libsql(#[expect(dead_code, reason = "read only to be refused by name")] toml::Table),
}

impl RuntimeConfig {
    /// Reads `file`, if given, and adds the defaults. `state_dir` wins over the
    /// file's; else it is `.spin` beside the manifest.
    ///
    /// # Errors
    /// If the file cannot be read, has an unknown key, or wants what is not here.
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
            .unwrap_or_else(|| app_dir.join(".spin"));
        let mut stores = BTreeMap::new();
        for (label, entry) in parsed.key_value_store {
            let location = match entry {
                // Spin resolves a store's path from the file and a database's from
                // the working directory.
                StoreEntry::Spin { path } => StoreLocation::Sqlite(path.map(|p| dir.join(p))),
                StoreEntry::Redis { url } => StoreLocation::Redis(url),
                StoreEntry::AwsDynamo(_) => {
                    return Err(RuntimeConfigError::Unsupported {
                        field: format!("key_value_store.{label}.type"),
                        instead: "it has \"spin\" and \"redis\"",
                    });
                }
            };
            stores.insert(label, location);
        }
        let mut databases = BTreeMap::new();
        for (label, entry) in parsed.sqlite_database {
            let DatabaseEntry::Spin { path } = entry else {
                return Err(RuntimeConfigError::Unsupported {
                    field: format!("sqlite_database.{label}.type = \"libsql\""),
                    instead: "it has \"spin\"",
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
mod tests {
    use super::*;

    fn load(text: &str) -> Result<RuntimeConfig, String> {
        let file = tempfile::NamedTempFile::new_in(std::env::temp_dir()).unwrap();
        std::fs::write(file.path(), text).unwrap();
        RuntimeConfig::load(Some(file.path()), None, Path::new("/app"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_file_there_are_spins_defaults() {
        let config = RuntimeConfig::load(None, None, Path::new("/app")).unwrap();
        let store = StoreLocation::Sqlite(Some("/app/.spin/sqlite_key_value.db".into()));
        assert_eq!(config.stores["default"], store);
        assert_eq!(
            config.databases["default"],
            Some("/app/.spin/sqlite_db.db".into())
        );
    }

    #[test]
    fn reads_the_supported_providers() {
        let config = load(
            r#"
            state_dir = "/state"
            [key_value_store.files]
            type = "redis"
            url = "redis://localhost"
            [key_value_store.local]
            type = "spin"
            path = "kv.db"
            [sqlite_database.users]
            type = "spin"
            path = "/data/users.db"
            "#,
        )
        .unwrap();
        assert_eq!(
            config.stores["files"],
            StoreLocation::Redis("redis://localhost".into())
        );
        let local = StoreLocation::Sqlite(Some(std::env::temp_dir().join("kv.db")));
        assert_eq!(config.stores["local"], local);
        assert_eq!(config.databases["users"], Some("/data/users.db".into()));
        assert_eq!(
            config.databases["default"],
            Some("/state/sqlite_db.db".into())
        );
    }

    #[test]
    fn what_is_not_here_is_an_error() {
        let table: &[(&str, &[&str])] = &[
            (
                "[sqlite_database.default]\ntype = \"libsql\"\nurl = \"https://x\"\ntoken = \"t\"",
                &[
                    "sqlite_database.default",
                    "libsql",
                    "not supported by this host yet",
                ],
            ),
            (
                "[key_value_store.default]\ntype = \"aws_dynamo\"\nregion = \"x\"\ntable = \"t\"",
                &[
                    "key_value_store.default",
                    "not supported by this host yet",
                    "redis",
                ],
            ),
            (
                "[key_value_store.a]\ntype = \"etcd\"",
                &["unknown variant `etcd`", "`redis`"],
            ),
            (
                "[key_value_store.a]\ntype = \"spin\"\nfile = \"x\"",
                &["unknown field `file`"],
            ),
            (
                "[sqlite_database.a]\ntype = \"spin\"\nfile = \"x\"",
                &["unknown field `file`"],
            ),
            (
                "[llm_compute]\ntype = \"spin\"",
                &["unknown field `llm_compute`"],
            ),
        ];
        for (text, expected) in table {
            let error = load(text).unwrap_err();
            for part in *expected {
                assert!(error.contains(part), "{error:?} lacks {part:?}");
            }
        }
    }
}
