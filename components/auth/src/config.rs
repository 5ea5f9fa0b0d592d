//! The service's variables.
//!
//! | variable | meaning |
//! |---|---|
//! | `token_signing_key` | the secret key; if empty, one is generated and stored |
//! | `token_issuer` | `iss` of the tokens |
//! | `token_audience` | `aud` of the tokens |
//! | `token_lifetime_seconds` | lifetime of a token, at least 60 |
//! | `admin_accounts` | ids of the administrators' accounts, separated by commas |
//! | `confirm_addresses` | whether an address has to be confirmed |
//! | `letter_key` | the secret that seals letters, shared with the notifier |
//! | `unconfirmed_keep_seconds` | how long a registration waits to be confirmed |
//! | `session_lifetime_seconds` | how long a session lasts unused, at least 60 |
//! | `session_max_seconds` | how long a session lasts in all |
//! | `public_url` | the origin in the commands of pages |

use tonearm_accounts::Rules;
use tonearm_letters::SealingKey;
use tonearm_spin_runtime::{ConfigError, variables};

/// A shorter-lived token could expire before a slow upload begins.
const MIN_LIFETIME: u64 = 60;

/// The parsed variables. The signing key is parsed where it is used.
pub(crate) struct Config {
    pub(crate) signing_key: String,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) public_url: String,
    /// Ids of accounts.
    pub(crate) admins: Vec<String>,
    pub(crate) rules: Rules,
}

impl Config {
    pub(crate) fn read() -> Result<Self, ConfigError> {
        let seconds = |name| variables::number(name, MIN_LIFETIME);
        Ok(Self {
            signing_key: variables::text("token_signing_key")?,
            issuer: not_empty("token_issuer")?,
            audience: not_empty("token_audience")?,
            public_url: variables::text("public_url")?
                .trim_end_matches('/')
                .to_owned(),
            admins: account_ids("admin_accounts", &variables::text("admin_accounts")?)?,
            rules: Rules {
                confirm_addresses: flag(
                    "confirm_addresses",
                    &variables::text("confirm_addresses")?,
                )?,
                unconfirmed_keep: seconds("unconfirmed_keep_seconds")?,
                token_lifetime: seconds("token_lifetime_seconds")?,
                session_lifetime: seconds("session_lifetime_seconds")?,
                session_max: seconds("session_max_seconds")?,
                sealing_key: SealingKey::parse(&variables::text("letter_key")?),
            },
        })
    }
}

fn not_empty(name: &str) -> Result<String, ConfigError> {
    match variables::text(name)? {
        text if text.is_empty() => Err(ConfigError::new(name, "it must not be empty")),
        text => Ok(text),
    }
}

pub(crate) fn flag(name: &str, text: &str) -> Result<bool, ConfigError> {
    text.parse()
        .map_err(|_| ConfigError::new(name, format!("{text:?} is neither true nor false")))
}

/// Parses a list of account ids, as registration returns them. Addresses are not
/// accepted: they need not be confirmed, so anybody could register one before its
/// owner does.
pub(crate) fn account_ids(name: &str, text: &str) -> Result<Vec<String>, ConfigError> {
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    ids.map(|id| match is_id(id) {
        true => Ok(id.to_owned()),
        false => Err(ConfigError::new(
            name,
            format!("{id:?} is not the id of an account, as GET /account answers it"),
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
