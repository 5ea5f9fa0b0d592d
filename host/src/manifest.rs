//! `spin.toml`, manifest version 2: the keys that this host supports.
//!
//! Any other key is an error that lists the valid ones, as in Spin. That includes keys
//! that only Spin supports: ignoring one silently could change what the app does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

mod check;

use check::invalid;

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
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
    #[error("{field}: {reason}")]
    Invalid { field: String, reason: String },
}

/// A whole `spin.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    spin_manifest_version: u32,
    /// `[application]`
    pub application: Application,
    /// `[variables]`
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// `[[trigger.*]]`
    #[serde(default, rename = "trigger")]
    pub triggers: Triggers,
    /// `[component.*]`
    #[serde(default, rename = "component")]
    pub components: BTreeMap<String, Component>,
}

/// `[application]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The app's name.
    pub name: String,
    /// The app's version.
    #[serde(default)]
    pub version: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "authors")]
    _authors: Vec<String>,
    /// `[application.trigger.*]`
    #[serde(default)]
    pub trigger: TriggerDefaults,
    #[serde(default, rename = "tool")]
    _tool: BTreeMap<String, toml::Table>,
}

/// `[application.trigger.*]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerDefaults {
    /// `[application.trigger.redis]`
    pub redis: Option<RedisDefaults>,
}

/// `[application.trigger.redis]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisDefaults {
    /// The default address of Redis triggers; a template.
    pub address: String,
}

/// A declaration in `[variables]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    #[serde(rename = "description")]
    _description: Option<String>,
    /// Whether a value must be set from outside.
    #[serde(default)]
    pub required: bool,
    /// The value if none is set from outside.
    pub default: Option<String>,
    #[serde(default, rename = "secret")]
    _secret: bool,
}

/// All triggers, by type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// `[[trigger.http]]`
    #[serde(default)]
    pub http: Vec<HttpTrigger>,
    /// `[[trigger.redis]]`
    #[serde(default)]
    pub redis: Vec<RedisTrigger>,
}

/// `[[trigger.http]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    #[serde(default, rename = "id")]
    _id: String,
    /// Matches the request's path.
    pub route: Route,
    /// Handles matching requests.
    pub component: String,
    #[serde(default, rename = "executor")]
    _executor: Option<Executor>,
}

/// The `route` of an HTTP trigger.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "route must be a path such as \"/api/...\" or { private = true }"
)]
pub enum Route {
    /// A path. `/:name` matches one segment, a trailing `/...` the rest.
    Path(String),
    /// Reachable from other components only.
    Private(PrivateRoute),
}

/// `{ private = true }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateRoute {
    private: bool,
}

/// `executor` of an HTTP trigger: only the default one.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
enum Executor {
    #[serde(alias = "spin")]
    Http,
}

/// `[[trigger.redis]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisTrigger {
    #[serde(default, rename = "id")]
    _id: String,
    /// The channel; a template.
    pub channel: String,
    /// The component.
    pub component: String,
    /// The server, if not the app's default; a template.
    pub address: Option<String>,
}

/// `[component.*]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Path of the `.wasm`, relative to the manifest.
    pub source: String,
    #[serde(default, rename = "description")]
    _description: String,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Allowed network destinations; templates.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// Labels of the key-value stores that it may open.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// Labels of the SQLite databases that it may open.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// The variables that it may read; templates.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The components that satisfy its imports, by import name.
    #[serde(default)]
    pub dependencies: BTreeMap<String, Dependency>,
    #[serde(default)]
    dependencies_inherit_configuration: bool,
    #[serde(rename = "build")]
    _build: Option<Build>,
    #[serde(default, rename = "tool")]
    _tool: BTreeMap<String, toml::Table>,
}

/// An entry of `[component.*.dependencies]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// Path of the `.wasm`, relative to the manifest.
    pub path: PathBuf,
    /// The export that satisfies the import, if its name differs.
    pub export: Option<String>,
    #[serde(default)]
    inherit_configuration: bool,
}

/// `[component.*.build]`, which the host ignores.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    #[serde(rename = "command")]
    _command: toml::Value,
    #[serde(rename = "workdir")]
    _workdir: Option<PathBuf>,
    #[serde(default, rename = "watch")]
    _watch: Vec<String>,
}

impl Manifest {
    /// Reads and checks the manifest at `from`, a file or its folder, and reduces it by
    /// [`keep_only`](Self::keep_only). Also returns the folder.
    pub fn open(from: &Path, kept: &[String]) -> Result<(Self, PathBuf), ManifestError> {
        let file = if from.is_dir() {
            from.join("spin.toml")
        } else {
            from.to_owned()
        };
        let mut manifest = Self::read(&file)?;
        manifest.keep_only(kept)?;
        let dir = file.parent().unwrap_or(Path::new("")).to_owned();
        Ok((manifest, dir))
    }

    /// Reads and checks the manifest at `path`.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let text = std::fs::read_to_string(path).map_err(|source| ManifestError::Read {
            path: path.to_owned(),
            source,
        })?;
        let manifest: Self = toml::from_str(&text).map_err(|source| ManifestError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Drops every component that is not in `kept`, with its triggers. Keeps all of them
    /// if `kept` is empty.
    pub fn keep_only(&mut self, kept: &[String]) -> Result<(), ManifestError> {
        if kept.is_empty() {
            return Ok(());
        }
        if let Some(unknown) = kept.iter().find(|id| !self.components.contains_key(*id)) {
            return Err(invalid(
                "--component-id",
                format!(
                    "no component {unknown:?}; the app has: {}",
                    self.component_ids()
                ),
            ));
        }
        self.components.retain(|id, _| kept.contains(id));
        self.triggers
            .http
            .retain(|trigger| kept.contains(&trigger.component));
        self.triggers
            .redis
            .retain(|trigger| kept.contains(&trigger.component));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
