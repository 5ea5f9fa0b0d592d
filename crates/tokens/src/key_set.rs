//! The published keys: a JWK set (RFC 7517, section 5) of Ed25519 public keys
//! (RFC 8037, section 2).
//!
//! ```json
//! {"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"…","x":"…"}]}
//! ```

use jwt_simple::prelude::Ed25519PublicKey;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::TokenError;

/// Public keys by id. Never empty.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: Vec<(String, Ed25519PublicKey)>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// The media type of a JWK set (RFC 7517, section 8.5.2).
    pub const MEDIA_TYPE: &str = "application/jwk-set+json";

    /// Maximum length of a set's JSON. Auth publishes a few keys of about 150
    /// bytes each.
    pub const MAX_BYTES: usize = 64 * 1024;

    pub(crate) fn of(key: Ed25519PublicKey, kid: &str) -> Self {
        Self {
            keys: vec![(kid.to_owned(), key)],
        }
    }

    /// Parses a JWK set. Skips keys other than Ed25519 signature keys with a
    /// `kid`, as the RFC requires of readers, and further keys with the same id.
    ///
    /// # Errors
    /// [`TokenError::KeySetTooLarge`], [`TokenError::KeySetSyntax`], or
    /// [`TokenError::KeySetEmpty`] if no key remains.
    pub fn parse(json: &[u8]) -> Result<Self, TokenError> {
        if json.len() > Self::MAX_BYTES {
            return Err(TokenError::KeySetTooLarge);
        }
        let document: Document =
            serde_json::from_slice(json).map_err(|_| TokenError::KeySetSyntax)?;
        let mut set = Self { keys: Vec::new() };
        for value in document.keys {
            let usable = value.get("kty").and_then(Value::as_str) == Some("OKP")
                && value.get("crv").and_then(Value::as_str) == Some("Ed25519")
                // Ignoring a private key makes its accidental publication noticeable.
                && value.get("d").is_none();
            let Some(kid) = value.get("kid").and_then(Value::as_str).filter(|_| usable) else {
                continue;
            };
            if let Ok(key) = Ed25519PublicKey::from_jwk(&value.to_string()) {
                set.add(kid, key);
            }
        }
        if set.keys.is_empty() {
            Err(TokenError::KeySetEmpty)
        } else {
            Ok(set)
        }
    }

    /// This set, followed by the keys of `other`.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        for (kid, key) in other.keys {
            self.add(&kid, key);
        }
        self
    }

    fn add(&mut self, kid: &str, key: Ed25519PublicKey) {
        if self.get(kid).is_none() {
            self.keys.push((kid.to_owned(), key));
        }
    }

    pub(crate) fn get(&self, kid: &str) -> Option<&Ed25519PublicKey> {
        self.keys
            .iter()
            .find(|(id, _)| id == kid)
            .map(|(_, key)| key)
    }

    /// The ids of the keys, in order.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(kid, _)| kid.as_str())
    }

    /// The set as JSON, for publication.
    pub fn to_json(&self) -> String {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .filter_map(|(kid, key)| {
                serde_json::from_str(&key.clone().with_key_id(kid).to_jwk()).ok()
            })
            .collect();
        json!({ "keys": keys }).to_string()
    }
}
