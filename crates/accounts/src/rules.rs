//! The rules of a deployment.

use tonearm_letters::{LetterError, SealingKey};
use tonearm_tokens::DEFAULT_LEEWAY;

use crate::AccountsError;

/// The default of `session_max_seconds`, the longest lifetime that there is by default.
const LEAST_REVOCATION: u64 = 90 * 86_400;

/// The rules of a deployment. Times are in seconds.
#[derive(Debug)]
pub struct Rules {
    /// Whether an address has to be confirmed before it has a user.
    pub confirm_addresses: bool,
    /// How long a registration waits to be confirmed.
    pub unconfirmed_keep: u64,
    /// The lifetime of a token from a login.
    pub token_lifetime: u64,
    /// How long a session lasts without being renewed.
    pub session_lifetime: u64,
    /// How long a session lasts in all.
    pub session_max: u64,
    /// The key that seals letters, or why there is none.
    pub sealing_key: Result<SealingKey, LetterError>,
}

impl Rules {
    /// The longest lifetime of a token that is issued now, in seconds.
    pub fn longest_lifetime(&self) -> u64 {
        self.token_lifetime.max(self.session_lifetime)
    }

    /// How long a revocation has to be remembered, in seconds: longer than any token is
    /// accepted, also one from before the variables were lowered.
    pub fn revocation_lifetime(&self) -> u64 {
        self.token_lifetime
            .max(self.session_lifetime)
            .max(self.session_max)
            .max(LEAST_REVOCATION)
            .saturating_add(2 * DEFAULT_LEEWAY)
    }

    /// The key for letters without which a request makes no sense.
    ///
    /// # Errors
    /// `Letter`.
    pub fn sealing_key(&self) -> Result<&SealingKey, AccountsError> {
        self.sealing_key
            .as_ref()
            .map_err(|error| AccountsError::Letter(error.clone()))
    }

    /// The key for letters about a change that has happened already. A deployment without
    /// confirmation may have none and then sends no such letters.
    ///
    /// # Errors
    /// `Letter` if addresses are confirmed and the key is unusable.
    pub(crate) fn notice_key(&self) -> Result<Option<&SealingKey>, AccountsError> {
        match self.sealing_key() {
            Ok(key) => Ok(Some(key)),
            Err(error) if self.confirm_addresses => Err(error),
            Err(_) => Ok(None),
        }
    }
}
