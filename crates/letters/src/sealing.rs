//! Sealing letters: XChaCha20-Poly1305 with a random nonce.
//!
//! A sealed letter is the base64url of the nonce (24 bytes) and the ciphertext of the
//! letter's JSON. The letter's id is authenticated with it, so that nobody can send one
//! letter in the place of another.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use chacha20poly1305::aead::{Aead, Generate, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Letter, LetterError};

const NONCE_BYTES: usize = 24;
const MIN_SECRET_CHARS: usize = 32;
/// Separates this use of the secret from any other.
const DERIVATION_LABEL: &str = "tonearm letters 1\0";

/// The key that auth and the notifier share.
pub struct SealingKey(XChaCha20Poly1305);

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealingKey {
    /// The key of a secret of at least 32 characters, such as the output of
    /// `openssl rand -hex 32`.
    ///
    /// # Errors
    /// [`LetterError::KeyMissing`] or [`LetterError::KeyWeak`].
    pub fn parse(secret: &str) -> Result<Self, LetterError> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(LetterError::KeyMissing);
        }
        if secret.chars().count() < MIN_SECRET_CHARS {
            return Err(LetterError::KeyWeak);
        }
        let digest = Zeroizing::new(<[u8; 32]>::from(
            Sha256::new()
                .chain_update(DERIVATION_LABEL)
                .chain_update(secret)
                .finalize(),
        ));
        let key = Key::try_from(digest.as_slice())
            .map_err(|error| LetterError::Sealing(error.to_string()))?;
        Ok(Self(XChaCha20Poly1305::new(&key)))
    }

    /// Seals a letter for the queue. `id` is the letter's id there.
    ///
    /// # Errors
    /// [`LetterError::Sealing`] if random numbers run out.
    pub fn seal(&self, id: &str, letter: &Letter) -> Result<String, LetterError> {
        let failed = |error: &dyn fmt::Display| LetterError::Sealing(error.to_string());
        let json = Zeroizing::new(serde_json::to_vec(letter).map_err(|error| failed(&error))?);
        let nonce = XNonce::try_generate().map_err(|error| failed(&error))?;
        let payload = Payload {
            msg: &json,
            aad: id.as_bytes(),
        };
        let ciphertext = self
            .0
            .encrypt(&nonce, payload)
            .map_err(|error| failed(&error))?;
        Ok(BASE64URL.encode([nonce.as_slice(), &ciphertext].concat()))
    }

    /// Opens a sealed letter.
    ///
    /// # Errors
    /// [`LetterError::Sealed`] or [`LetterError::Form`]. A retry fails in the same way.
    pub fn open(&self, id: &str, sealed: &str) -> Result<Letter, LetterError> {
        let bytes = BASE64URL.decode(sealed).map_err(|_| LetterError::Sealed)?;
        let (nonce, ciphertext) = bytes
            .split_at_checked(NONCE_BYTES)
            .ok_or(LetterError::Sealed)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| LetterError::Sealed)?;
        let payload = Payload {
            msg: ciphertext,
            aad: id.as_bytes(),
        };
        let json = self
            .0
            .decrypt(&nonce, payload)
            .map_err(|_| LetterError::Sealed)?;
        // The message of the parser could contain a token.
        serde_json::from_slice(&Zeroizing::new(json)).map_err(|error| {
            LetterError::Form(format!("column {}, {:?}", error.column(), error.classify()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    fn key(secret: &str) -> SealingKey {
        SealingKey::parse(secret).unwrap()
    }

    fn letter() -> Letter {
        Letter {
            to: "ada@example.org".to_owned(),
            event: Event::ResetPassword {
                token: "secret-token".to_owned(),
                valid_seconds: 3600,
            },
        }
    }

    #[test]
    fn a_sealed_letter_opens_with_the_same_key_and_id_only() {
        let (a, b) = (key(&"a".repeat(32)), key(&"b".repeat(32)));
        let sealed = a.seal("1", &letter()).unwrap();
        assert_eq!(a.open("1", &sealed), Ok(letter()));
        assert_eq!(a.open("2", &sealed), Err(LetterError::Sealed));
        assert_eq!(b.open("1", &sealed), Err(LetterError::Sealed));
        assert_ne!(sealed, a.seal("1", &letter()).unwrap(), "random nonce");
    }

    #[test]
    fn a_changed_or_cut_letter_does_not_open() {
        let key = key(&"a".repeat(32));
        let sealed = key.seal("1", &letter()).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(key.open("1", &changed), Err(LetterError::Sealed), "{at}");
            assert_eq!(key.open("1", &sealed[..at]), Err(LetterError::Sealed));
        }
    }

    #[test]
    fn a_weak_secret_is_refused() {
        assert_eq!(SealingKey::parse(" ").err(), Some(LetterError::KeyMissing));
        assert_eq!(
            SealingKey::parse(&"x".repeat(31)).err(),
            Some(LetterError::KeyWeak)
        );
    }

    #[test]
    fn a_sealed_letter_and_its_debug_form_reveal_nothing() {
        let sealed = key(&"a".repeat(32)).seal("1", &letter()).unwrap();
        let shown = format!("{:?} {:?} {sealed}", letter(), letter().event);
        assert!(
            !shown.contains("secret-token") && !shown.contains("ada@"),
            "{shown}"
        );
    }
}
