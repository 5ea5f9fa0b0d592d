//! The only way to accept a token.
//!
//! The checks run in this order, and the first failure decides: length, shape,
//! `alg` and `typ`, `kid` in the key set, signature, claims. The token's header
//! never determines how it is verified: the algorithm is fixed, and keys that
//! are embedded or given by URL (`jku`, `jwk`, `x5c`) are ignored (RFC 8725,
//! 3.1 and 3.10).

use std::collections::HashSet;

use jwt_simple::JWTError;
use jwt_simple::prelude::{
    Duration, EdDSAPublicKeyLike, Token, UnixTimeStamp, VerificationOptions,
};

use crate::{Claims, KeySet, TokenError};

/// Maximum length of a token. An issued token has about 500 bytes, to which an
/// email address can add 254. Common proxies refuse headers above 8 KiB.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// Tolerated clock difference between two machines, in seconds.
pub const DEFAULT_LEEWAY: u64 = 30;

/// The claims that a valid token must have.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The required `iss`.
    pub issuer: &'a str,
    /// The required `aud`, alone or among others.
    pub audience: &'a str,
    /// The current time, in Unix seconds.
    pub now: u64,
    /// Tolerated clock difference in seconds; see [`DEFAULT_LEEWAY`].
    pub leeway: u64,
}

/// Verifies the token against the key set and the expectation.
///
/// # Errors
/// [`TokenError::UnknownKey`] if the key set may be outdated: fetch it again and
/// retry once. Every other error is final.
pub fn verify(
    token: &str,
    keys: &KeySet,
    expectation: &Expectation<'_>,
) -> Result<Claims, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLong);
    }
    let header = Token::decode_metadata(token).map_err(|_| TokenError::Malformed)?;
    if header.algorithm() != "EdDSA" {
        return Err(TokenError::Algorithm);
    }
    if !header
        .signature_type()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("JWT"))
    {
        return Err(TokenError::Type);
    }
    let kid = header.key_id().ok_or(TokenError::KeyIdMissing)?;
    let key = keys.get(kid).ok_or(TokenError::UnknownKey)?;

    let options = VerificationOptions {
        required_key_id: Some(kid.to_owned()),
        required_signature_type: Some("JWT".to_owned()),
        allowed_issuers: Some(HashSet::from([expectation.issuer.to_owned()])),
        allowed_audiences: Some(HashSet::from([expectation.audience.to_owned()])),
        time_tolerance: Some(Duration::from_secs(expectation.leeway)),
        artificial_time: Some(UnixTimeStamp::from_secs(expectation.now)),
        max_token_length: Some(MAX_TOKEN_BYTES),
        ..VerificationOptions::default()
    };
    let claims = key
        .verify_token(token, Some(options))
        .map_err(|error| translate(&error))?;
    let claims = Claims::from_library(claims, expectation.audience)?;
    // A token is invalid "on or after" `exp` (RFC 7519, 4.1.4). The library still
    // accepts it at `exp`.
    if expectation.now >= claims.exp.saturating_add(expectation.leeway) {
        return Err(TokenError::Expired);
    }
    Ok(claims)
}

fn translate(error: &jwt_simple::Error) -> TokenError {
    match error.downcast_ref::<JWTError>() {
        Some(JWTError::TokenTooLong) => TokenError::TooLong,
        Some(JWTError::AlgorithmMismatch) => TokenError::Algorithm,
        Some(JWTError::RequiredSignatureTypeMismatch | JWTError::NotJWT) => TokenError::Type,
        Some(JWTError::InvalidSignature) => TokenError::Signature,
        Some(JWTError::RequiredIssuerMismatch | JWTError::RequiredIssuerMissing) => {
            TokenError::Issuer
        }
        Some(JWTError::RequiredAudienceMismatch | JWTError::RequiredAudienceMissing) => {
            TokenError::Audience
        }
        Some(JWTError::TokenHasExpired) => TokenError::Expired,
        Some(JWTError::TokenNotValidYet | JWTError::ClockDrift) => TokenError::NotYetValid,
        _ => TokenError::Malformed,
    }
}
