//! Every way a token or a key can be wrong, and the answer to each.
//!
//! Clients learn only "invalid" or "expired": which check failed is for the
//! log ([`TokenError`]'s own text), since it would help nobody but a forger.

use tonearm_problem::Problem;

/// Why a token was refused or a key could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No usable `Authorization: Bearer` header.
    #[error("no bearer token in the request")]
    Missing,
    /// Longer than [`crate::verify::MAX_TOKEN_BYTES`].
    #[error("the token is longer than any we make")]
    TooLong,
    /// Not three base64url parts that hold JSON of the right shape.
    #[error("the token is not a well-formed JWT")]
    Malformed,
    /// The header asks for something other than `EdDSA`.
    #[error("the token's algorithm is not EdDSA")]
    Algorithm,
    /// The header's `typ` is not `JWT`.
    #[error("the token's type is not JWT")]
    Type,
    /// The header names no key.
    #[error("the token names no key")]
    KeyIdMissing,
    /// The named key is not in the set. The set may be old: fetch it again,
    /// then verify once more.
    #[error("the token's key is not in our set")]
    UnknownKey,
    /// The signature is not by the named key.
    #[error("the token's signature does not verify")]
    Signature,
    /// `iss` is absent or somebody else.
    #[error("the token is from another issuer")]
    Issuer,
    /// `aud` is absent or meant for somebody else.
    #[error("the token is meant for another audience")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim that each of our tokens carries is absent.
    #[error("the token has no {0} claim")]
    ClaimMissing(&'static str),
    /// The signing key is neither PEM nor hex nor base64.
    #[error(
        "the signing key must be an Ed25519 private key as PEM (PKCS #8), \
         or at least 32 random bytes as base64 or hex"
    )]
    SecretFormat,
    /// The signing key decodes to fewer than 32 bytes; holds how many.
    #[error("the signing key has {0} bytes, it must have at least 32")]
    SecretTooShort(usize),
    /// The signing key is one byte repeated.
    #[error("the signing key is one byte repeated, it must be random")]
    SecretWeak,
    /// The key set is not JSON of the right shape.
    #[error("the key set is not a JWK set")]
    KeySetSyntax,
    /// The key set is larger than [`crate::keyset::MAX_SET_BYTES`].
    #[error("the key set is too large")]
    KeySetTooLarge,
    /// The key set has no key we could use.
    #[error("the key set has no Ed25519 signing key with a kid")]
    KeySetEmpty,
    /// Signing failed; the text is the library's.
    #[error("signing failed: {0}")]
    Signing(String),
}

impl TokenError {
    /// The `WWW-Authenticate` value that goes with a 401 (RFC 6750, section 3).
    pub fn challenge(&self) -> &'static str {
        match self {
            Self::Missing => r#"Bearer realm="tonearm""#,
            Self::Expired => {
                r#"Bearer realm="tonearm", error="invalid_token", error_description="expired""#
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
