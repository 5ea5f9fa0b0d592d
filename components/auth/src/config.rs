//! The service's variables.
//!
//! | variable | meaning |
//! |---|---|
//! | `token_signing_key` | the secret key; if empty, one is generated and stored |
//! | `token_issuer` | `iss` of the tokens |
//! | `token_audience` | `aud` of the tokens |
//! | `token_lifetime_seconds` | lifetime of a token, at least 60 |
//! | `admin_accounts` | ids of the administrators' accounts, separated by commas |

use tonearm_spin_runtime::{ConfigError, variables};

/// A shorter-lived token could expire before a slow upload begins.
const MIN_LIFETIME: u64 = 60;

/// The parsed variables. The key is parsed where it is used.
pub(crate) struct Config {
    pub(crate) signing_key: String,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) lifetime: u64,
    /// Ids of accounts.
    pub(crate) admins: Vec<String>,
}

impl Config {
    pub(crate) fn read() -> Result<Self, ConfigError> {
        Ok(Self {
            signing_key: variables::text("token_signing_key")?,
            issuer: not_empty("token_issuer")?,
            audience: not_empty("token_audience")?,
            lifetime: variables::number("token_lifetime_seconds", MIN_LIFETIME)?,
            admins: account_ids("admin_accounts", &variables::text("admin_accounts")?)?,
        })
    }
}

fn not_empty(name: &str) -> Result<String, ConfigError> {
    match variables::text(name)? {
        text if text.is_empty() => Err(ConfigError::new(name, "it must not be empty")),
        text => Ok(text),
    }
}

/// Parses a list of account ids, as registration returns them. Addresses are not
/// accepted: they are not confirmed, so anybody could register one before its
/// owner does.
pub(crate) fn account_ids(name: &str, text: &str) -> Result<Vec<String>, ConfigError> {
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    ids.map(|id| match is_id(id) {
        true => Ok(id.to_owned()),
        false => Err(ConfigError::new(
            name,
            format!("{id:?} is not the id of an account, as POST /register answers it"),
        )),
    })
    .collect()
}

/// Whether `text` is a UUID in the form that this service generates.
fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}
