//! Every failure of a token or a key, and its problem document.
//!
//! Clients learn only "invalid", "expired" or "revoked". Which check failed is for the log
//! (the text of [`TokenError`]), because it would only help an attacker.

use tonearm_problem::Problem;

/// Why a token was refused or a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No usable `Authorization: Bearer` header.
    #[error("no bearer token in the request")]
    Missing,
    /// Longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    #[error("the token is longer than any issued here")]
    TooLong,
    /// Not three base64url parts that hold JSON of the right shape.
    #[error("the token is not a well-formed JWT")]
    Malformed,
    /// The header's `alg` is not `EdDSA`.
    #[error("the token's algorithm is not EdDSA")]
    Algorithm,
    /// The header's `typ` is not `JWT`.
    #[error("the token's type is not JWT")]
    Type,
    /// The header has no `kid`.
    #[error("the token has no key id")]
    KeyIdMissing,
    /// The key is not in the set. The set may be outdated: fetch it again, then
    /// verify once more.
    #[error("the token's key is not in our set")]
    UnknownKey,
    /// The signature does not match the key.
    #[error("the token's signature does not verify")]
    Signature,
    /// `iss` is absent or another issuer.
    #[error("the token is from another issuer")]
    Issuer,
    /// `aud` is absent or another audience.
    #[error("the token is meant for another audience")]
    Audience,
    /// `exp` is in the past.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` is in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The account's tokens, or the session's, were revoked after it was issued.
    /// [`verify()`](crate::verify()) does not know of it.
    #[error("the token has been revoked")]
    Revoked,
    /// A required claim is absent.
    #[error("the token has no {0} claim")]
    ClaimMissing(&'static str),
    /// The signing key is neither PEM nor hex nor base64.
    #[error(
        "the signing key must be an Ed25519 private key as PEM (PKCS #8), \
         or at least 32 random bytes as base64 or hex"
    )]
    SecretFormat,
    /// The signing key decodes to fewer than 32 bytes; with the number of bytes.
    #[error("the signing key has {0} bytes, it must have at least 32")]
    SecretTooShort(usize),
    /// The signing key is one byte repeated.
    #[error("the signing key is one byte repeated, it must be random")]
    SecretWeak,
    /// The key set is not JSON of the right shape.
    #[error("the key set is not a JWK set")]
    KeySetSyntax,
    /// The key set is larger than [`KeySet::MAX_BYTES`](crate::KeySet::MAX_BYTES).
    #[error("the key set is too large")]
    KeySetTooLarge,
    /// The key set has no usable key.
    #[error("the key set has no Ed25519 signing key with a kid")]
    KeySetEmpty,
    /// Signing failed; with the library's message.
    #[error("signing failed: {0}")]
    Signing(String),
}

impl TokenError {
    /// The `WWW-Authenticate` value for a 401 (RFC 6750, section 3).
    pub fn challenge(&self) -> &'static str {
        match self {
            Self::Missing => r#"Bearer realm="tonearm""#,
            Self::Expired => {
                r#"Bearer realm="tonearm", error="invalid_token", error_description="expired""#
            }
            Self::Revoked => {
                r#"Bearer realm="tonearm", error="invalid_token", error_description="revoked""#
            }
            _ => r#"Bearer realm="tonearm", error="invalid_token""#,
        }
    }
}

impl From<&TokenError> for Problem {
    fn from(error: &TokenError) -> Self {
        match error {
            TokenError::Missing => Self::new(401, "token_missing", "Token missing")
                .detail("Send the token from /login as `Authorization: Bearer TOKEN`.")
                .field("authorization"),
            TokenError::Expired => Self::new(401, "token_expired", "Token expired")
                .detail("The token has expired. Get a new one from /login.")
                .field("authorization"),
            TokenError::Revoked => Self::new(401, "token_revoked", "Token revoked")
                .detail("The token has been revoked. Get a new one from /login.")
                .field("authorization"),
            TokenError::SecretFormat
            | TokenError::SecretTooShort(_)
            | TokenError::SecretWeak
            | TokenError::KeySetSyntax
            | TokenError::KeySetTooLarge
            | TokenError::KeySetEmpty
            | TokenError::Signing(_) => {
                Self::new(503, "keys_unavailable", "Token keys unavailable")
                    .detail("Tokens can't be made or checked at the moment. Try again later.")
            }
            _ => Self::new(401, "token_invalid", "Token invalid")
                .detail("The token is not valid here. Get a new one from /login.")
                .field("authorization"),
        }
    }
}
