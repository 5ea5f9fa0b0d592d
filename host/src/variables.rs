//! Application variables: where their values come from, and `{{ name }}` templates.
//!
//! A value comes from the command line, else from `SPIN_VARIABLE_<NAME>`, else from
//! the manifest. Values may be secrets, so nothing here prints them.

use std::collections::BTreeMap;

use crate::bindings::fermyon::spin2_0_0::variables::Error as GuestError;
use crate::manifest::Variable;

/// Why a variable or a template could not be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum VariableError {
    #[error("invalid variable name {name:?}: {reason}")]
    InvalidName { name: String, reason: &'static str },
    #[error("unmatched '{{{{' in the template {0:?}")]
    Unmatched(String),
    #[error("unknown variable {name:?}; [variables] has: {known}")]
    Unknown { name: String, known: String },
    #[error(
        "no value for the required variable(s) {0}: give --variable name=value or set SPIN_VARIABLE_<NAME>"
    )]
    Missing(String),
}

/// Checks a name by Spin's rules: lower-case words of letters and digits, joined by
/// single underscores, starting with a letter.
pub fn validate_name(name: &str) -> Result<(), VariableError> {
    let reason = if name.is_empty() {
        "must not be empty"
    } else if !name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        "may contain only lower-case letters, digits and underscores"
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "must start with a lower-case letter"
    } else if name.ends_with('_') {
        "must not end with an underscore"
    } else if name.contains("__") {
        "must not contain two underscores in a row"
    } else {
        return Ok(());
    };
    Err(VariableError::InvalidName {
        name: name.to_owned(),
        reason,
    })
}

/// The resolved values of all application variables.
#[derive(Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// Gives every declared variable its value.
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

    /// Replaces each `{{ name }}` in `template` by the variable's value.
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
impl crate::bindings::fermyon::spin2_0_0::variables::Host for crate::state::State {
    async fn get(&mut self, name: String) -> Result<String, GuestError> {
        if let Err(error) = validate_name(&name) {
            return Err(GuestError::InvalidName(error.to_string()));
        }
        match self.component.variables.get(&name) {
            Some(value) => Ok(value.clone()),
            None => {
                let component = &self.component.id;
                Err(GuestError::Undefined(format!(
                    "no variable for {component:?}.{name:?}"
                )))
            }
        }
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
