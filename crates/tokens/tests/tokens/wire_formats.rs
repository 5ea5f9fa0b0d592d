//! The wire formats: header, payload and key set.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tonearm_problem::Problem;
use tonearm_tokens::{KeySet, TokenError, verify};

use crate::{check, claims, expectation, signer};

fn part(token: &str, index: usize) -> String {
    let bytes = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(index).unwrap())
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn header_and_payload() {
    let token = signer().sign(&claims()).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", part(&token, 0), part(&token, 1)));
    assert_eq!(check(&token), Ok(claims()));
}

#[test]
fn key_set() {
    insta::assert_snapshot!(signer().public().to_json());
}

#[test]
fn a_published_set_verifies() {
    let token = signer().sign(&claims()).unwrap();
    let read_back = KeySet::parse(signer().public().to_json().as_bytes()).unwrap();
    assert_eq!(verify(&token, &read_back, &expectation()), Ok(claims()));
}

#[test]
fn problems() {
    let all = [
        TokenError::Missing,
        TokenError::Expired,
        TokenError::Revoked,
        TokenError::Signature,
        TokenError::UnknownKey,
        TokenError::SecretFormat,
    ];
    let text: Vec<String> = all
        .iter()
        .map(|error| {
            let body = String::from_utf8(Problem::from(error).to_body()).unwrap();
            format!("{error}\n{}\n{body}", error.challenge())
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}
