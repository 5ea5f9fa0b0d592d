//! Validation of a manifest beyond its syntax.

use super::{Component, Manifest, ManifestError, PrivateRoute, Route};
use crate::variable_name::validate_name;

impl Manifest {
    pub(super) fn component_ids(&self) -> String {
        let ids: Vec<_> = self.components.keys().map(String::as_str).collect();
        ids.join(", ")
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
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

/// Whether `text` consists of words joined by `delimiter`, each of one case and starting
/// with a letter.
fn is_words(text: &str, delimiter: char) -> bool {
    text.split(delimiter).all(|word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric())
            && !(word.chars().any(|c| c.is_ascii_lowercase())
                && word.chars().any(|c| c.is_ascii_uppercase()))
    })
}

pub(super) fn invalid(field: &str, reason: impl Into<String>) -> ManifestError {
    ManifestError::Invalid {
        field: field.to_owned(),
        reason: reason.into(),
    }
}
