//! Parsing secret keys and key sets.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use tonearm_tokens::{KeySet, Signer, TokenError};

use crate::{SEED, check, claims, signer};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_form_of_a_secret_yields_the_same_key() {
    let pem = signer().to_pem().to_string();
    let (private_only, _) = pem.split_once("-----BEGIN PUBLIC").unwrap();
    let forms = [
        STANDARD.encode(SEED),
        URL_SAFE.encode(SEED),
        URL_SAFE_NO_PAD.encode(SEED),
        hex(&SEED),
        hex(&SEED).to_uppercase(),
        format!("  {}\n", hex(&SEED)),
        private_only.to_owned(),
        private_only.replace('\n', "\\n"),
        pem.clone(),
    ];
    for form in forms {
        assert_eq!(
            Signer::parse(&form).unwrap().kid(),
            signer().kid(),
            "{form}"
        );
    }
}

#[test]
fn longer_secrets_are_hashed_to_distinct_keys() {
    let long = [SEED.as_slice(), b"more"].concat();
    let one = Signer::parse(&STANDARD.encode(&long)).unwrap();
    let same = Signer::parse(&hex(&long)).unwrap();
    assert_eq!(one.kid(), same.kid());
    assert_ne!(one.kid(), signer().kid());
}

#[test]
fn invalid_secrets_are_refused() {
    let cases = [
        (String::new(), TokenError::SecretTooShort(0)),
        ("secret".to_owned(), TokenError::SecretFormat),
        (
            "correct horse battery staple, and so on".to_owned(),
            TokenError::SecretFormat,
        ),
        (hex(&SEED[..31]), TokenError::SecretTooShort(31)),
        (STANDARD.encode(&SEED[..16]), TokenError::SecretTooShort(16)),
        ("00".repeat(32), TokenError::SecretWeak),
        (STANDARD.encode([7; 33]), TokenError::SecretWeak),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned(),
            TokenError::SecretFormat,
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
            TokenError::SecretFormat,
        ),
    ];
    for (text, want) in cases {
        assert_eq!(Signer::parse(&text).map(|_| ()), Err(want), "{text}");
    }
}

#[test]
fn debug_hides_the_secret() {
    let shown = format!("{:?}", signer());
    assert!(shown.contains(signer().kid()));
    assert!(!signer().to_pem().lines().any(|line| shown.contains(line)));
}

#[test]
fn the_thumbprint_matches_rfc_8037() {
    // Appendix A.1 to A.3: a key and its thumbprint.
    let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    assert_eq!(
        Signer::parse(seed).unwrap().kid(),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
}

#[test]
fn unusable_members_of_a_set_are_skipped() {
    let ours = signer().public().to_json();
    let ours = ours
        .trim_start_matches(r#"{"keys":["#)
        .trim_end_matches("]}");
    let set = format!(
        r#"{{"keys":[{{"kty":"RSA","n":"x","e":"AQAB","kid":"r"}},{{}},7,
            {{"kty":"OKP","crv":"X25519","kid":"x","x":"AAAA"}},
            {{"kty":"OKP","crv":"Ed25519","kid":"short","x":"AAAA"}},{ours},{ours}],"more":1}}"#
    );
    let set = KeySet::parse(set.as_bytes()).unwrap();
    assert_eq!(set.kids().collect::<Vec<_>>(), [signer().kid()]);
}

#[test]
fn a_private_key_in_a_set_is_not_used() {
    let private = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    assert_eq!(
        KeySet::parse(private.as_bytes()).map(|_| ()),
        Err(TokenError::KeySetEmpty)
    );
}

#[test]
fn invalid_sets_are_refused() {
    let cases: [(&[u8], TokenError); 5] = [
        (b"", TokenError::KeySetSyntax),
        (b"[]", TokenError::KeySetSyntax),
        (b"{}", TokenError::KeySetSyntax),
        (br#"{"keys":[]}"#, TokenError::KeySetEmpty),
        (&[b' '; 70_000], TokenError::KeySetTooLarge),
    ];
    for (json, want) in cases {
        assert_eq!(KeySet::parse(json).map(|_| ()), Err(want));
    }
}

#[test]
fn after_a_rotation_both_keys_verify() {
    let new = Signer::generate();
    let both = new.public().merged(signer().public()).merged(new.public());
    assert_eq!(both.kids().collect::<Vec<_>>(), [new.kid(), signer().kid()]);
    let both = KeySet::parse(both.to_json().as_bytes()).unwrap();
    for signer in [signer(), new] {
        let token = signer.sign(&claims()).unwrap();
        assert!(tonearm_tokens::verify(&token, &both, &crate::expectation()).is_ok());
    }
    assert!(check(&signer().sign(&claims()).unwrap()).is_ok());
}
