//! The service's variables.
//!
//! | variable | meaning |
//! |---|---|
//! | `token_signing_key` | the secret key, or empty: one is made and kept |
//! | `token_issuer` | `iss` of the tokens |
//! | `token_audience` | `aud` of the tokens |
//! | `token_lifetime_seconds` | for how long a token is good, at least 60 |

use tonearm_shell::{ConfigError, variables};

/// A shorter-lived token would be dead before a slow upload has begun.
const LEAST_LIFETIME: u64 = 60;

/// The variables, parsed; the key is parsed where it is used.
pub(crate) struct Config {
    pub(crate) signing_key: String,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) lifetime: u64,
}

impl Config {
    pub(crate) fn read() -> Result<Self, ConfigError> {
        Ok(Self {
            signing_key: variables::text("token_signing_key")?,
            issuer: not_empty("token_issuer")?,
            audience: not_empty("token_audience")?,
            lifetime: variables::number("token_lifetime_seconds", LEAST_LIFETIME)?,
        })
    }
}

fn not_empty(name: &str) -> Result<String, ConfigError> {
    match variables::text(name)? {
        text if text.is_empty() => Err(ConfigError::new(name, "it must not be empty")),
        text => Ok(text),
    }
}
