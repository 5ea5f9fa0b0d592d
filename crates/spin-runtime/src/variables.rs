//! Variables from the manifest, parsed.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

/// A variable that is absent or makes no sense. The operator must act; the
/// text names the variable and what is valid, never a secret's value.
#[derive(Debug, thiserror::Error)]
#[error("variable {name}: {reason}")]
pub struct ConfigError {
    /// The variable's name, as in `spin.toml`.
    pub name: String,
    /// What is wrong, and what is valid.
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

/// The variable `name` as text, white space at its ends removed.
pub fn text(name: &str) -> Result<String, ConfigError> {
    spin_sdk::variables::get(name)
        .map(|value| value.trim().to_owned())
        .map_err(|e| ConfigError::new(name, e))
}

/// The variable `name` as a number from `least` on.
pub fn number<N: FromStr + PartialOrd + Display>(name: &str, least: N) -> Result<N, ConfigError> {
    let value = text(name)?;
    match value.parse::<N>() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(ConfigError::new(
            name,
            format!("{value:?} is not a whole number from {least} on"),
        )),
    }
}

/// The longest time that anything is kept: a century. Times stay exact numbers.
const LONGEST_SECONDS: u64 = 100 * 365 * 24 * 3600;

/// The variable `name`, whole seconds from zero on: for how long to keep things.
pub fn keep_seconds(name: &str) -> Result<Duration, ConfigError> {
    let seconds: u64 = number(name, 0)?;
    Ok(Duration::from_secs(seconds.min(LONGEST_SECONDS)))
}

/// The variable `name`, whole seconds, at least one.
pub fn seconds(name: &str) -> Result<Duration, ConfigError> {
    number(name, 1).map(Duration::from_secs)
}
