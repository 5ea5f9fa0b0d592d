//! `spin.toml`, manifest version 2: exactly the keys that this host honours.
//!
//! Any other key is an error that names the valid ones, as in Spin; a key that Spin
//! knows and this host does not is an error too, rather than silently ignored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::variables::validate_name;

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The manifest's path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or a key or a value is not known here.
    #[error("{path}: {source}")]
    Parse {
        /// The manifest's path.
        path: PathBuf,
        /// Where and what, with the valid values.
        source: Box<toml::de::Error>,
    },
    /// Keys that do not fit together.
    #[error("{field}: {reason}")]
    Invalid {
        /// The key, as a path through the tables.
        field: String,
        /// What is wrong and what would be right.
        reason: String,
    },
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
    /// The server for Redis triggers that name none; a template.
    pub address: String,
}

/// A declaration in `[variables]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    #[serde(rename = "description")]
    _description: Option<String>,
    /// Whether there must be a value from outside.
    #[serde(default)]
    pub required: bool,
    /// The value where none comes from outside.
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
    /// Which requests.
    pub route: Route,
    /// To which component.
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
    /// A path, `/:name` for one segment, `/...` at the end for the rest.
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

/// `executor` of an HTTP trigger: the ordinary one only.
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
    /// The server, where not the app's; a template.
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
    /// Where it may connect to; templates.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// The key-value stores it may open, by label.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// The SQLite databases it may open, by label.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// The variables it may read; templates.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// What else its `.wasm` is made of, by import name.
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
    /// The export that satisfies the import, where it has another name.
    pub export: Option<String>,
    #[serde(default)]
    inherit_configuration: bool,
}

/// `[component.*.build]`: how to build it, which is no concern of the host.
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
    /// Reads and checks the manifest at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, has an unknown key, or does not fit together.
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

    /// Drops every component that is not in `kept`, with its triggers; keeps all if
    /// `kept` is empty.
    ///
    /// # Errors
    /// If `kept` names no component of the app.
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

    fn component_ids(&self) -> String {
        let ids: Vec<_> = self.components.keys().map(String::as_str).collect();
        ids.join(", ")
    }

    fn check(&self) -> Result<(), ManifestError> {
        if self.spin_manifest_version != 2 {
            return Err(invalid("spin_manifest_version", "must be 2"));
        }
        for (name, variable) in &self.variables {
            let field = format!("variables.{name}");
            validate_name(name).map_err(|error| invalid(&field, error.to_string()))?;
            if variable.required == variable.default.is_some() {
                return Err(invalid(&field, "give either a default or required = true"));
            }
        }
        for (id, component) in &self.components {
            component.check(id)?;
        }
        let http = self
            .triggers
            .http
            .iter()
            .map(|trigger| ("trigger.http", &trigger.component));
        let redis = self
            .triggers
            .redis
            .iter()
            .map(|trigger| ("trigger.redis", &trigger.component));
        for (field, component) in http.chain(redis) {
            if !self.components.contains_key(component) {
                return Err(invalid(
                    field,
                    format!(
                        "no component {component:?}; the app has: {}",
                        self.component_ids()
                    ),
                ));
            }
        }
        for trigger in &self.triggers.http {
            if matches!(
                trigger.route,
                Route::Private(PrivateRoute { private: false })
            ) {
                let reason = "must be a path or { private = true }";
                return Err(invalid("trigger.http.route", reason));
            }
        }
        for trigger in &self.triggers.redis {
            if trigger.address.is_none() && self.application.trigger.redis.is_none() {
                return Err(invalid(
                    "trigger.redis.address",
                    "give it here or in [application.trigger.redis]",
                ));
            }
        }
        Ok(())
    }
}

impl Component {
    fn check(&self, id: &str) -> Result<(), ManifestError> {
        let field = |key: &str| format!("component.{id}.{key}");
        if !is_words(id, '-') {
            return Err(invalid(
                &format!("component.{id}"),
                "the id must be kebab-case: words of letters and digits joined by -",
            ));
        }
        for name in self.variables.keys() {
            validate_name(name).map_err(|error| invalid(&field("variables"), error.to_string()))?;
        }
        for (key, labels) in [
            ("key_value_stores", &self.key_value_stores),
            ("sqlite_databases", &self.sqlite_databases),
        ] {
            if let Some(label) = labels
                .iter()
                .find(|l| !is_words(l, '-') && !is_words(l, '_'))
            {
                return Err(invalid(
                    &field(key),
                    format!("the label {label:?} must be kebab-case or snake_case"),
                ));
            }
        }
        let inherits = self
            .dependencies
            .values()
            .any(|dependency| dependency.inherit_configuration);
        if inherits || self.dependencies_inherit_configuration {
            return Err(invalid(
                &field("dependencies"),
                "this host gives dependencies no capabilities: they cannot inherit configuration",
            ));
        }
        Ok(())
    }
}

/// Whether `text` is words joined by `delimiter`, each starting with a letter and of
/// one case.
fn is_words(text: &str, delimiter: char) -> bool {
    text.split(delimiter).all(|word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric())
            && !(word.chars().any(|c| c.is_ascii_lowercase())
                && word.chars().any(|c| c.is_ascii_uppercase()))
    })
}

fn invalid(field: &str, reason: impl Into<String>) -> ManifestError {
    ManifestError::Invalid {
        field: field.to_owned(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"app\"\n";

    fn read(rest: &str) -> Result<Manifest, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{HEAD}{rest}")).unwrap();
        Manifest::read(file.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_every_supported_key() {
        let manifest = read(
            r#"
            version = "1.0.0"
            description = "d"
            authors = ["a"]
            [application.trigger.redis]
            address = "redis://{{ host }}"
            [application.tool.lint]
            level = 1
            [variables]
            host = { default = "localhost", description = "d" }
            token = { required = true, secret = true }
            [[trigger.http]]
            id = "one"
            route = "/one/:name/..."
            component = "one"
            executor = { type = "http" }
            [[trigger.http]]
            route = { private = true }
            component = "two-b"
            [[trigger.redis]]
            channel = "c"
            component = "one"
            [component.one]
            source = "one.wasm"
            description = "d"
            environment = { A = "b" }
            allowed_outbound_hosts = ["redis://{{ host }}"]
            key_value_stores = ["default"]
            sqlite_databases = ["my_db"]
            variables = { token = "{{ token }}" }
            [component.one.dependencies]
            "a:b/c@0.1.0" = { path = "c.wasm" }
            [component.one.build]
            command = "make"
            watch = ["src"]
            [component.one.tool.x]
            y = 1
            [component.two-b]
            source = "two.wasm"
            "#,
        )
        .unwrap();
        assert_eq!(manifest.components.len(), 2);
        assert_eq!(manifest.triggers.http.len(), 2);
    }

    #[test]
    fn mistakes_are_named_with_what_would_be_right() {
        let component = "[component.a]\nsource = \"a.wasm\"\n";
        let table: &[(&str, &[&str])] = &[
            ("colour = 1", &["unknown field `colour`", "`name`"]),
            (
                "[[trigger.sqs]]\nqueue = \"q\"",
                &["unknown field `sqs`", "`http`", "`redis`"],
            ),
            (
                &format!("{component}kv_stores = []"),
                &["`kv_stores`", "`key_value_stores`"],
            ),
            (
                &format!("{component}files = []"),
                &["unknown field `files`"],
            ),
            (
                "[variables]\nx = {}",
                &["variables.x", "default", "required = true"],
            ),
            (
                "[variables]\nX = { default = \"\" }",
                &["variables.X", "lower-case"],
            ),
            (
                "[component.A_b]\nsource = \"a\"",
                &["component.A_b", "kebab-case"],
            ),
            (
                &format!("{component}[[trigger.http]]\nroute = \"/\"\ncomponent = \"b\""),
                &["trigger.http", "no component \"b\"", "the app has: a"],
            ),
            (
                &format!("{component}[[trigger.http]]\nroute = 3\ncomponent = \"a\""),
                &["route must be a path", "private = true"],
            ),
            (
                &format!("{component}[[trigger.redis]]\nchannel = \"x\"\ncomponent = \"a\""),
                &["trigger.redis.address", "[application.trigger.redis]"],
            ),
            (
                &format!(
                    "{component}[component.a.dependencies]\n\
                     \"a:b\" = {{ path = \"x\", inherit_configuration = true }}"
                ),
                &["component.a.dependencies", "no capabilities"],
            ),
        ];
        for (text, expected) in table {
            let error = read(text).unwrap_err();
            for part in *expected {
                assert!(error.contains(part), "{error:?} lacks {part:?}");
            }
        }
    }

    #[test]
    fn only_version_2_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), HEAD.replace('2', "1")).unwrap();
        let error = Manifest::read(file.path()).unwrap_err().to_string();
        assert_eq!(error, "spin_manifest_version: must be 2");
    }

    #[test]
    fn a_subset_of_components_keeps_only_their_triggers() {
        let text = r#"
            [[trigger.http]]
            route = "/a"
            component = "a"
            [[trigger.http]]
            route = "/b"
            component = "b"
            [component.a]
            source = "a.wasm"
            [component.b]
            source = "b.wasm"
        "#;
        let mut manifest = read(text).unwrap();
        manifest.keep_only(&["b".to_owned()]).unwrap();
        assert_eq!(manifest.components.len(), 1);
        assert_eq!(manifest.triggers.http[0].component, "b");
        let error = manifest
            .keep_only(&["c".to_owned()])
            .unwrap_err()
            .to_string();
        assert_eq!(error, "--component-id: no component \"c\"; the app has: b");
    }
}
