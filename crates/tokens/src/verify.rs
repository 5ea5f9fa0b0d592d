//! The one way to accept a token.
//!
//! In this order, and the first that fails decides: length, shape, `alg` and
//! `typ` on the allow list, `kid` from our own set, the signature, and only
//! then what the token claims. Nothing in the token's header ever says how it
//! is to be verified: the algorithm is fixed, and keys named by URL or carried
//! along (`jku`, `jwk`, `x5c`) are not looked at (RFC 8725, 3.1 and 3.10).

use std::collections::HashSet;

use jwt_simple::JWTError;
use jwt_simple::prelude::{
    Duration, EdDSAPublicKeyLike, Token, UnixTimeStamp, VerificationOptions,
};

use crate::{Claims, KeySet, TokenError};

/// Ours are some 500 bytes; an email address can add 254. Headers above 8 KiB
/// do not pass common proxies anyway.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// Seconds by which two machines' clocks may well differ.
pub const DEFAULT_LEEWAY: u64 = 30;

/// What a token must say to be good here and now.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The `iss` it must have.
    pub issuer: &'a str,
    /// The `aud` it must have, alone or among others.
    pub audience: &'a str,
    /// The present, in Unix seconds.
    pub now: u64,
    /// By how many seconds clocks may differ; see [`DEFAULT_LEEWAY`].
    pub leeway: u64,
}

/// Checks the token against our own keys and the expectation.
///
/// # Errors
/// [`TokenError::UnknownKey`] says that the set may be old: fetch it again and
/// call once more. Every other error is final.
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
    // "On or after" (RFC 7519, 4.1.4); the library lets the last second pass.
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
