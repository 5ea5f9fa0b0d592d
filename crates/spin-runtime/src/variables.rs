//! Parsed variables of the manifest.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

/// A missing or invalid variable, for the operator. The text has its name and the valid
/// values, but never the value of a secret.
#[derive(Debug, thiserror::Error)]
#[error("variable {name}: {reason}")]
pub struct ConfigError {
    /// The variable's name, as in `spin.toml`.
    pub name: String,
    /// What is wrong, and which values are valid.
    pub reason: String,
}

impl ConfigError {
    /// An error about the variable `name`.
    pub fn new(name: &str, reason: impl Display) -> Self {
        Self {
            name: name.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// The variable `name` as text, trimmed.
pub fn text(name: &str) -> Result<String, ConfigError> {
    spin_sdk::variables::get(name)
        .map(|value| value.trim().to_owned())
        .map_err(|e| ConfigError::new(name, e))
}

/// The variable `name` as a whole number, at least `min`.
pub fn number<N: FromStr + PartialOrd + Display>(name: &str, min: N) -> Result<N, ConfigError> {
    let value = text(name)?;
    match value.parse::<N>() {
        Ok(number) if number >= min => Ok(number),
        _ => Err(ConfigError::new(
            name,
            format!("{value:?} is not a whole number from {min} on"),
        )),
    }
}

/// The longest retention: a century. Beyond it, times in milliseconds would lose
/// precision in Lua.
const LONGEST_SECONDS: u64 = 100 * 365 * 24 * 3600;

/// The variable `name` as a retention in whole seconds, zero included.
pub fn keep_seconds(name: &str) -> Result<Duration, ConfigError> {
    let seconds: u64 = number(name, 0)?;
    Ok(Duration::from_secs(seconds.min(LONGEST_SECONDS)))
}

/// The variable `name` as whole seconds, at least one.
pub fn seconds(name: &str) -> Result<Duration, ConfigError> {
    number(name, 1).map(Duration::from_secs)
}
