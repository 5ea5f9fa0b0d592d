//! Who is asking: tokens checked with auth's published keys.
//!
//! | key in the file store | value |
//! |---|---|
//! | `gateway:jwks` | auth's key set and when it was fetched |
//!
//! Each request is a new instance, so the key set is cached in the store. It is
//! fetched again when it is old, or when a token names a key that it lacks;
//! while auth is away an old set goes on working.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Request;
use serde::{Deserialize, Serialize};
use tonearm_blobs::Store;
use tonearm_spin_runtime::fetch::fetch;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::request::{self, Head};
use tonearm_spin_runtime::variables;
use tonearm_tokens::verify::DEFAULT_LEEWAY;
use tonearm_tokens::{Claims, Expectation, KeySet, TokenError, bearer, verify};

use crate::error::Error;

const KEY: &str = "gateway:jwks";
/// How long a set is used without asking: a key taken out of use (after a
/// theft) is refused this soon.
const FRESH: u64 = 300;
/// How long it is used at least: tokens with invented key ids must not make us
/// ask auth each time.
const RESTED: u64 = 10;
/// How long it is used when auth cannot be asked.
const USABLE: u64 = 24 * 3600;
/// How long to wait for auth.
const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
struct Cached {
    /// Unix seconds.
    fetched: u64,
    /// The JWK set as auth published it.
    set: String,
}

/// The claims of the token that came with the request.
pub fn require(head: &Head) -> Result<Claims, Error> {
    let header = request::header(head, "authorization").ok_or(TokenError::Missing)?;
    let token = bearer::parse(header)?;
    let issuer = variables::text("token_issuer")?;
    let audience = variables::text("token_audience")?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let expectation = Expectation {
        issuer: &issuer,
        audience: &audience,
        now,
        leeway: DEFAULT_LEEWAY,
    };

    let files = Files::open()?;
    let cached = load(&files)?;
    let age = cached
        .as_ref()
        .map(|cached| now.saturating_sub(cached.fetched));
    let (keys, fresh) = match (cached, age) {
        (Some(cached), Some(age)) if age < FRESH => (cached, age < RESTED),
        (Some(cached), Some(age)) if age < USABLE => match refresh(&files, now) {
            Ok(new) => (new, true),
            Err(error) => {
                eprintln!("using keys {age} s old: {error}");
                (cached, true)
            }
        },
        _ => (refresh(&files, now)?, true),
    };
    match check(token, &keys, &expectation) {
        Err(Error::Token(TokenError::UnknownKey)) if !fresh => {
            check(token, &refresh(&files, now)?, &expectation)
        }
        result => result,
    }
}

fn check(token: &str, keys: &Cached, expectation: &Expectation<'_>) -> Result<Claims, Error> {
    // A damaged set is the operator's matter and not the client's.
    let keys = KeySet::parse(keys.set.as_bytes()).map_err(|error| {
        eprintln!("auth's key set: {error}");
        Error::AuthAnswer(200)
    })?;
    Ok(verify(token, &keys, expectation)?)
}

fn load(files: &Files) -> Result<Option<Cached>, Error> {
    let json = files.get(KEY)?;
    Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
}

fn refresh(files: &Files, now: u64) -> Result<Cached, Error> {
    let url = crate::auth::url("/.well-known/jwks.json")?;
    let request = Request::get(url)
        .body(Vec::new())
        .map_err(|error| tonearm_spin_runtime::fetch::FetchError::BadRequest(error.to_string()))?;
    let answer = fetch(&request, TIMEOUT)?;
    if answer.status() != 200 {
        return Err(Error::AuthAnswer(answer.status().as_u16()));
    }
    let set = String::from_utf8_lossy(answer.body()).into_owned();
    if KeySet::parse(set.as_bytes()).is_err() {
        return Err(Error::AuthAnswer(200));
    }
    let cached = Cached { fetched: now, set };
    // A set that cannot be kept still serves this request.
    if let Ok(json) = serde_json::to_vec(&cached)
        && let Err(error) = files.set(KEY, &json)
    {
        eprintln!("auth's keys could not be kept: {error}");
    }
    Ok(cached)
}
