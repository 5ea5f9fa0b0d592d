//! Tokens through the public API: signed, verified against a key set, and forged
//! in many ways.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod forgeries;
mod keys;
mod mutations;
mod wire_formats;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tonearm_tokens::{Claims, Expectation, Signer, Subject, Terms, TokenError, verify};

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: u64 = 1_767_225_600;

/// A fixed secret, so that snapshots stay the same.
pub(crate) const SEED: [u8; 32] = *b"tonearm test seed, 32 bytes long";

pub(crate) fn signer() -> Signer {
    Signer::parse(&base64::engine::general_purpose::STANDARD.encode(SEED)).unwrap()
}

pub(crate) fn claims() -> Claims {
    let terms = Terms {
        issuer: "tonearm",
        audience: "tonearm-api",
        now: NOW,
        lifetime: 3600,
    };
    let ada = Subject {
        id: "01920000-0000-7000-8000-000000000001",
        email: "ada@example.com",
        is_admin: false,
        is_confirmed: true,
        version: 0,
        session: None,
    };
    let mut claims = Claims::new(&ada, &terms);
    claims.jti = "01920000-0000-7000-8000-000000000002".to_owned();
    claims
}

pub(crate) fn expectation() -> Expectation<'static> {
    Expectation {
        issuer: "tonearm",
        audience: "tonearm-api",
        now: NOW + 10,
        leeway: 0,
    }
}

pub(crate) fn check(token: &str) -> Result<Claims, TokenError> {
    verify(token, &signer().public(), &expectation())
}

/// A token with the given header and payload, signed by the real key.
pub(crate) fn forge(header: &str, payload: &str) -> String {
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let pair = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new(SEED));
    let signature = pair.sk.sign(&input, None);
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// The header of an issued token.
pub(crate) fn header() -> String {
    format!(
        r#"{{"alg":"EdDSA","kid":"{}","typ":"JWT"}}"#,
        signer().kid()
    )
}

/// The payload of an issued token, with one member replaced or removed.
pub(crate) fn payload(member: &str, value: Option<serde_json::Value>) -> String {
    let mut object = serde_json::json!({
        "iat": NOW, "exp": NOW + 3600, "nbf": NOW, "iss": "tonearm",
        "sub": "u", "aud": "tonearm-api", "jti": "j", "username": "ada@example.com",
        "admin": false,
    });
    let map = object.as_object_mut().unwrap();
    map.remove(member);
    if let Some(value) = value {
        map.insert(member.to_owned(), value);
    }
    object.to_string()
}
