//! Application variables and `{{ name }}` templates.
//!
//! A value is taken from the command line, else from `SPIN_VARIABLE_<NAME>`, else from
//! the manifest. Values may be secrets, so no error or log line contains one.

use std::collections::BTreeMap;

use crate::manifest::Variable;
use crate::variable_name::{InvalidName, validate_name};

/// Why a variable or a template cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum VariableError {
    #[error(transparent)]
    InvalidName(#[from] InvalidName),
    #[error("unmatched '{{{{' in the template {0:?}")]
    Unmatched(String),
    #[error("unknown variable {name:?}; [variables] has: {known}")]
    Unknown { name: String, known: String },
    #[error(
        "no value for the required variable(s) {0}: give --variable name=value or set SPIN_VARIABLE_<NAME>"
    )]
    Missing(String),
}

/// The resolved values of all application variables.
#[derive(Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// Resolves the value of every declared variable.
    pub fn resolve(
        declared: &BTreeMap<String, Variable>,
        given: &[(String, String)],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, VariableError> {
        for (name, _) in given {
            if !declared.contains_key(name) {
                return Err(unknown(name, declared.keys()));
            }
        }
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in declared {
            validate_name(name)?;
            let value = given
                .iter()
                .rfind(|(given, _)| given == name)
                .map(|(_, value)| value.clone())
                .or_else(|| environment(&format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase())))
                .or_else(|| variable.default.clone());
            match value {
                Some(value) => _ = values.insert(name.clone(), value),
                None => missing.push(name.as_str()),
            }
        }
        if missing.is_empty() {
            Ok(Self { values })
        } else {
            Err(VariableError::Missing(missing.join(", ")))
        }
    }

    /// Replaces each `{{ name }}` in `template` with the variable's value.
    pub fn expand(&self, template: &str) -> Result<String, VariableError> {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((literal, after)) = rest.split_once("{{") {
            let (name, after) = after
                .split_once("}}")
                .ok_or_else(|| VariableError::Unmatched(template.to_owned()))?;
            let name = name.trim();
            let value = self
                .values
                .get(name)
                .ok_or_else(|| unknown(name, self.values.keys()))?;
            out.push_str(literal);
            out.push_str(value);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> VariableError {
    let known: Vec<_> = known.map(String::as_str).collect();
    VariableError::Unknown {
        name: name.to_owned(),
        known: known.join(", "),
    }
}

#[cfg(test)]
mod tests;
