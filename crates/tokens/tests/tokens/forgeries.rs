//! Forged, malformed and expired tokens, each with its error.

use jwt_simple::prelude::{Claims as LibraryClaims, Duration, HS256Key, MACLike};
use serde_json::json;
use tonearm_tokens::{Expectation, Signer, TokenError, verify};

use crate::{NOW, SEED, check, claims, expectation, forge, header, payload, signer};

#[test]
fn a_forged_token_with_valid_parts_verifies() {
    assert!(check(&forge(&header(), &payload("x", None))).is_ok());
}

#[test]
fn forged_headers_are_refused() {
    let kid = signer().kid().to_owned();
    let with = |text: &str| text.replace("KID", &kid);
    let cases = [
        (
            r#"{"alg":"none","kid":"KID","typ":"JWT"}"#,
            TokenError::Algorithm,
        ),
        (
            r#"{"alg":"None","kid":"KID","typ":"JWT"}"#,
            TokenError::Algorithm,
        ),
        (
            r#"{"alg":"","kid":"KID","typ":"JWT"}"#,
            TokenError::Algorithm,
        ),
        (
            r#"{"alg":"HS256","kid":"KID","typ":"JWT"}"#,
            TokenError::Algorithm,
        ),
        (
            r#"{"alg":"ES256","kid":"KID","typ":"JWT"}"#,
            TokenError::Algorithm,
        ),
        (
            r#"{"alg":"eddsa","kid":"KID","typ":"JWT"}"#,
            TokenError::Algorithm,
        ),
        (r#"{"kid":"KID","typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"alg":"EdDSA","kid":"KID"}"#, TokenError::Type),
        (
            r#"{"alg":"EdDSA","kid":"KID","typ":"at+jwt"}"#,
            TokenError::Type,
        ),
        (
            r#"{"alg":"EdDSA","kid":"KID","typ":"JWE"}"#,
            TokenError::Type,
        ),
        (r#"{"alg":"EdDSA","typ":"JWT"}"#, TokenError::KeyIdMissing),
        (
            r#"{"alg":"EdDSA","kid":"other","typ":"JWT"}"#,
            TokenError::UnknownKey,
        ),
        (
            r#"{"alg":"EdDSA","kid":"","typ":"JWT"}"#,
            TokenError::UnknownKey,
        ),
        (
            r#"{"alg":"EdDSA","kid":7,"typ":"JWT"}"#,
            TokenError::Malformed,
        ),
        (
            r#"{"alg":"EdDSA","kid":"KID","typ":"JWT","crit":["b64"]}"#,
            TokenError::Malformed,
        ),
        (
            r#"{"alg":"EdDSA","kid":"KID","typ":"JWT","jwk":{"kty":"OKP"}}"#,
            TokenError::Malformed,
        ),
        ("", TokenError::Malformed),
        ("[]", TokenError::Malformed),
    ];
    for (header, want) in cases {
        let token = forge(&with(header), &payload("x", None));
        assert_eq!(check(&token), Err(want), "{header}");
    }
}

#[test]
fn forged_payloads_are_refused() {
    let cases = [
        ("iss", Some(json!("evil")), TokenError::Issuer),
        ("iss", None, TokenError::Issuer),
        ("aud", Some(json!("other-api")), TokenError::Audience),
        ("aud", Some(json!(["other-api"])), TokenError::Audience),
        ("aud", None, TokenError::Audience),
        ("exp", Some(json!(NOW)), TokenError::Expired),
        ("exp", Some(json!(NOW + 10)), TokenError::Expired),
        ("exp", None, TokenError::ClaimMissing("exp")),
        ("exp", Some(json!("tomorrow")), TokenError::Malformed),
        ("nbf", Some(json!(NOW + 11)), TokenError::NotYetValid),
        ("nbf", None, TokenError::ClaimMissing("nbf")),
        ("iat", Some(json!(NOW + 11)), TokenError::NotYetValid),
        ("iat", None, TokenError::ClaimMissing("iat")),
        ("sub", None, TokenError::ClaimMissing("sub")),
        ("sub", Some(json!("")), TokenError::ClaimMissing("sub")),
        ("jti", None, TokenError::ClaimMissing("jti")),
        ("username", None, TokenError::Malformed),
        (
            "username",
            Some(json!("")),
            TokenError::ClaimMissing("username"),
        ),
        ("admin", Some(json!("yes")), TokenError::Malformed),
    ];
    for (member, value, want) in cases {
        let token = forge(&header(), &payload(member, value.clone()));
        assert_eq!(check(&token), Err(want), "{member} = {value:?}");
    }
    let several = forge(
        &header(),
        &payload("aud", Some(json!(["x", "tonearm-api"]))),
    );
    assert_eq!(check(&several).unwrap().aud, "tonearm-api");
}

#[test]
fn the_public_key_does_not_work_as_an_hmac_secret() {
    let pair = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new(SEED));
    let key = HS256Key::from_bytes(&pair.pk[..]).with_key_id(signer().kid());
    let claims = LibraryClaims::create(Duration::from_secs(60))
        .with_issuer("tonearm")
        .with_audience("tonearm-api");
    assert_eq!(
        check(&key.authenticate(claims).unwrap()),
        Err(TokenError::Algorithm)
    );
}

#[test]
fn another_key_under_a_known_kid_is_refused() {
    let theirs = Signer::generate().sign(&claims()).unwrap();
    assert_eq!(check(&theirs), Err(TokenError::UnknownKey));

    let ours = signer().sign(&claims()).unwrap();
    let (_, body) = theirs.split_once('.').unwrap();
    let (head, _) = ours.split_once('.').unwrap();
    assert_eq!(check(&format!("{head}.{body}")), Err(TokenError::Signature));
}

#[test]
fn malformed_tokens_are_refused() {
    let good = signer().sign(&claims()).unwrap();
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let long = format!("{good}{}", "A".repeat(4096));
    let cases = [
        (String::new(), TokenError::Malformed),
        ("garbage".to_owned(), TokenError::Malformed),
        ("..".to_owned(), TokenError::Malformed),
        ("ä.ö.ü".to_owned(), TokenError::Malformed),
        (unsigned.to_owned(), TokenError::Malformed),
        (format!("{unsigned}."), TokenError::Malformed),
        (format!("{good}."), TokenError::Malformed),
        (format!("{good}.{good}"), TokenError::Malformed),
        (format!(" {good}"), TokenError::Malformed),
        (format!("{good}="), TokenError::Malformed),
        (long, TokenError::TooLong),
    ];
    for (token, want) in cases {
        assert_eq!(check(&token), Err(want), "{token}");
    }
}

#[test]
fn leeway_applies_to_start_and_expiry() {
    let token = signer().sign(&claims()).unwrap();
    let at = |now, leeway| {
        let expectation = Expectation {
            now,
            leeway,
            ..expectation()
        };
        verify(&token, &signer().public(), &expectation).map(|_| ())
    };
    assert_eq!(at(NOW - 1, 0), Err(TokenError::NotYetValid));
    assert_eq!(at(NOW - 30, 30), Ok(()));
    assert_eq!(at(NOW - 31, 30), Err(TokenError::NotYetValid));
    assert_eq!(at(NOW + 3599, 0), Ok(()));
    assert_eq!(at(NOW + 3600, 0), Err(TokenError::Expired));
    assert_eq!(at(NOW + 3629, 30), Ok(()));
    assert_eq!(at(NOW + 3630, 30), Err(TokenError::Expired));
}
