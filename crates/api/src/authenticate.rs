//! Authentication: tokens, verified with the published keys of auth, that are not revoked.
//!
//! | key in the file store | value |
//! |---|---|
//! | `gateway:jwks` | the key set of auth and when it was fetched |
//!
//! Each request is a new instance of the gateway, so the key set is cached in the
//! file store. It is fetched again when it is stale or when a token names an unknown
//! key. While auth is unavailable, a stale set remains in use.

use std::time::Duration;

use http::Request;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tonearm_blobs::Store;
use tonearm_tokens::{Claims, DEFAULT_LEEWAY, Expectation, KeySet, TokenError, verify};
use tonearm_web::request::Head;

use crate::credential::{Credential, require_same_origin};
use crate::{Error, Platform, auth_proxy, token_watch};

const KEY: &str = "gateway:jwks";
/// Seconds after which a set is fetched again. A key that auth withdraws, for
/// instance after a theft, is refused within this time.
const FRESH: u64 = 300;
/// Seconds during which a set is never fetched again, so that tokens with invented
/// key ids do not cause a request to auth each.
const MIN_AGE: u64 = 10;
/// Seconds for which a set remains in use while auth is unavailable.
const USABLE: u64 = 24 * 3600;
/// How long to wait for auth.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A shorter metrics token might be guessed and is ignored.
const MIN_METRICS_TOKEN: usize = 32;

#[derive(Debug, Serialize, Deserialize)]
struct CachedKeys {
    /// Unix time in seconds.
    fetched: u64,
    /// The JWK set as published by auth.
    set: String,
}

/// The claims of the request's token.
///
/// # Errors
/// [`Error::Token`], [`Error::CrossSite`], or why tokens cannot be verified, or that
/// nobody knows whether this one is revoked.
pub(crate) fn require<P: Platform>(platform: &P, head: &Head) -> Result<Claims, Error> {
    let credential = Credential::of(platform, head)?;
    if credential.is_cookie() {
        require_same_origin(platform, head)?;
    }
    let claims = verified(platform, credential.token())?;
    token_watch::require_valid(platform, &claims)?;
    Ok(claims)
}

/// The claims of a token with a valid signature, issuer, audience and time.
pub(crate) fn verified<P: Platform>(platform: &P, token: &str) -> Result<Claims, Error> {
    let issuer = platform.variable("token_issuer")?;
    let audience = platform.variable("token_audience")?;
    let now = platform.unix_time().as_secs();
    let expectation = Expectation {
        issuer: &issuer,
        audience: &audience,
        now,
        leeway: DEFAULT_LEEWAY,
    };
    let cached = load(platform)?;
    let age = cached.as_ref().map(|keys| now.saturating_sub(keys.fetched));
    let (keys, is_recent) = match (cached, age) {
        (Some(cached), Some(age)) if age < FRESH => (cached, age < MIN_AGE),
        (Some(cached), Some(age)) if age < USABLE => match fetch(platform, now) {
            Ok(keys) => (keys, true),
            Err(error) => {
                eprintln!("using keys {age} s old: {error}");
                (cached, true)
            }
        },
        _ => (fetch(platform, now)?, true),
    };
    match check(token, &keys, &expectation) {
        Err(Error::Token(TokenError::UnknownKey)) if !is_recent => {
            check(token, &fetch(platform, now)?, &expectation)
        }
        result => result,
    }
}

/// Whether the request comes from an administrator or carries the metrics token.
pub(crate) fn may_read_metrics<P: Platform>(platform: &P, head: &Head) -> Result<bool, Error> {
    let credential = match Credential::of(platform, head) {
        Ok(credential) => credential,
        Err(Error::Token(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let secret = platform.variable("metrics_token")?;
    if secret.len() < MIN_METRICS_TOKEN {
        if !secret.is_empty() {
            eprintln!(
                "error: variable metrics_token: ignored, shorter than {MIN_METRICS_TOKEN} bytes"
            );
        }
    } else if credential
        .token()
        .as_bytes()
        .ct_eq(secret.as_bytes())
        .into()
    {
        return Ok(true);
    }
    match require(platform, head) {
        Ok(claims) => Ok(claims.admin),
        Err(Error::Token(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn check(token: &str, keys: &CachedKeys, expectation: &Expectation<'_>) -> Result<Claims, Error> {
    let keys = parse(&keys.set)?;
    Ok(verify(token, &keys, expectation)?)
}

fn parse(set: &str) -> Result<KeySet, Error> {
    KeySet::parse(set.as_bytes())
        .map_err(|error| Error::AuthUnavailable(format!("invalid key set: {error}")))
}

fn load<P: Platform>(platform: &P) -> Result<Option<CachedKeys>, Error> {
    let json = platform.files()?.get(KEY)?;
    Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
}

fn fetch<P: Platform>(platform: &P, now: u64) -> Result<CachedKeys, Error> {
    let request = Request::get(auth_proxy::url(platform, "/.well-known/jwks.json")?)
        .body(Vec::new())
        .map_err(|error| Error::AuthUnavailable(error.to_string()))?;
    let response = platform.fetch(&request, TIMEOUT)?;
    if response.status() != 200 {
        let status = response.status().as_u16();
        return Err(Error::AuthUnavailable(format!("status {status}")));
    }
    let set = String::from_utf8_lossy(response.body()).into_owned();
    parse(&set)?;
    let keys = CachedKeys { fetched: now, set };
    // A set that cannot be cached still serves this request.
    if let Ok(json) = serde_json::to_vec(&keys)
        && let Err(error) = platform.files()?.set(KEY, &json)
    {
        eprintln!("the keys of auth were not cached: {error}");
    }
    Ok(keys)
}
