//! Issuing tokens, and the secret key for it.
//!
//! The key is configured as text, in one of these forms:
//!
//! | form | command that generates one |
//! |---|---|
//! | PEM, PKCS #8 (RFC 8410) | `openssl genpkey -algorithm ed25519` |
//! | base64 or base64url of ≥ 32 bytes | `openssl rand -base64 32` |
//! | hex of ≥ 32 bytes | `openssl rand -hex 32` |
//!
//! Exactly 32 bytes are the Ed25519 seed (RFC 8032, 5.1.5). A longer secret is
//! hashed to a seed, so that any strong secret is usable.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, DecodePaddingMode::Indifferent};
use jwt_simple::prelude::{Ed25519KeyPair, EdDSAKeyPairLike};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Claims, KeySet, TokenError};

/// The length of an Ed25519 seed, and the minimum length of a secret.
const SEED_BYTES: usize = 32;

/// The PKCS #8 header in front of the seed of an Ed25519 key (RFC 8410, section 7).
const PKCS8_HEADER: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// Separates the hash of a long secret from other uses of the same secret.
const DERIVATION_LABEL: &[u8] = b"tonearm token signing key v1\0";

const PADDING: DecodePaddingMode = Indifferent;
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(PADDING),
);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(PADDING),
);

/// A secret key that signs tokens. Its `Debug` form shows the key id only.
#[derive(Clone)]
pub struct Signer {
    pair: Ed25519KeyPair,
    kid: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// Parses the secret key in any of the forms above. Surrounding white space
    /// is ignored. The line ends of PEM may be written as `\n`, which
    /// environment variables often require.
    ///
    /// # Errors
    /// [`TokenError::SecretFormat`], [`TokenError::SecretTooShort`] or
    /// [`TokenError::SecretWeak`].
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.contains("-----BEGIN") {
            let pem = Zeroizing::new(text.replace("\\n", "\n"));
            return Ed25519KeyPair::from_pem(&pem)
                .map(Self::from_pair)
                .map_err(|_| TokenError::SecretFormat);
        }
        Self::from_secret(&decode(text).ok_or(TokenError::SecretFormat)?)
    }

    /// Generates a key from system randomness.
    pub fn generate() -> Self {
        Self::from_pair(Ed25519KeyPair::generate())
    }

    fn from_secret(secret: &[u8]) -> Result<Self, TokenError> {
        let Some(first) = secret.first() else {
            return Err(TokenError::SecretTooShort(0));
        };
        if secret.len() < SEED_BYTES {
            return Err(TokenError::SecretTooShort(secret.len()));
        }
        if secret.iter().all(|byte| byte == first) {
            return Err(TokenError::SecretWeak);
        }
        let mut der = Zeroizing::new(PKCS8_HEADER.to_vec());
        if secret.len() == SEED_BYTES {
            der.extend_from_slice(secret);
        } else {
            der.extend_from_slice(
                &Sha256::new()
                    .chain_update(DERIVATION_LABEL)
                    .chain_update(secret)
                    .finalize(),
            );
        }
        Ed25519KeyPair::from_der(&der)
            .map(Self::from_pair)
            .map_err(|_| TokenError::SecretWeak)
    }

    fn from_pair(pair: Ed25519KeyPair) -> Self {
        let kid = pair.jwk_thumbprint();
        Self {
            pair: pair.with_key_id(&kid),
            kid,
        }
    }

    /// The key's id: its thumbprint (RFC 7638), base64url.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The secret key as PEM, which [`Signer::parse`] accepts.
    pub fn to_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(self.pair.to_pem())
    }

    /// The public key, as a set of one.
    pub fn public(&self) -> KeySet {
        KeySet::of(self.pair.public_key(), &self.kid)
    }

    /// Signs the claims: a compact JWS with `typ` JWT, `alg` EdDSA and `kid`.
    ///
    /// # Errors
    /// [`TokenError::Signing`] if the library fails, which is not expected.
    pub fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        self.pair
            .sign(claims.to_library())
            .map_err(|error| TokenError::Signing(error.to_string()))
    }
}

/// Decodes hex or base64. Hex comes first: 64 hex digits are also valid base64,
/// but they mean 32 bytes.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = if text.bytes().all(|b| b.is_ascii_hexdigit()) && text.len().is_multiple_of(2) {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()?
    } else {
        // Some tools wrap base64 over several lines.
        let flat: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|c| !c.is_ascii_whitespace()).collect());
        BASE64
            .decode(flat.as_bytes())
            .or_else(|_| BASE64URL.decode(flat.as_bytes()))
            .ok()?
    };
    Some(Zeroizing::new(bytes))
}
