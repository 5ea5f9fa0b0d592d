//! The signing key: generated, stored, configured, rotated.

use tonearm_accounts::{AccountsError, SigningKeys};
use tonearm_tokens::{Claims, Expectation, Signer, Subject, Terms, TokenError, verify};

use crate::{File, NOW, fresh};

const LIFETIME: u64 = 86_400;

fn at(file: &File, configured: &str, now: u64) -> SigningKeys {
    SigningKeys::load(file, configured, LIFETIME, now).unwrap()
}

fn kids(keys: &SigningKeys) -> Vec<&str> {
    keys.published.kids().collect()
}

#[test]
fn a_generated_key_is_stored() {
    let (_folder, file) = fresh();
    let first = at(&file, "", NOW);
    let second = at(&file, " \n", NOW + 10 * LIFETIME);
    assert!(first.generated && !second.generated);
    assert_eq!(first.signer.kid(), second.signer.kid());
    assert_eq!(kids(&second), [first.signer.kid()]);
}

#[test]
fn a_configured_key_is_used_and_its_secret_is_not_stored() {
    let (_folder, file) = fresh();
    let configured = Signer::generate();
    let pem = configured.to_pem();
    let keys = at(&file, &pem, NOW);
    assert_eq!(kids(&keys), [configured.kid()]);
    let rows = tonearm_accounts::Database::execute(
        &file,
        "SELECT count(*) FROM signing_keys WHERE secret IS NULL",
        &[],
    );
    assert_eq!(rows.unwrap()[0].number(0), Ok(1));
}

#[test]
fn an_invalid_configured_key_is_refused_and_none_is_generated() {
    let (_folder, file) = fresh();
    let got = SigningKeys::load(&file, "secret", LIFETIME, NOW).map(|_| ());
    assert_eq!(got, Err(AccountsError::Key(TokenError::SecretFormat)));
    assert_eq!(file.count("signing_keys"), 0);
}

#[test]
fn tokens_signed_before_a_rotation_stay_valid_until_they_expire() {
    let (_folder, file) = fresh();
    let old = at(&file, "", NOW);
    let terms = Terms {
        issuer: "i",
        audience: "a",
        now: NOW,
        lifetime: LIFETIME,
    };
    let user = Subject {
        id: "u",
        email: "ada@example.com",
        is_admin: false,
        is_confirmed: true,
        version: 0,
        session: None,
    };
    let token = old.signer.sign(&Claims::new(&user, &terms)).unwrap();

    let new = Signer::generate().to_pem();
    let good = |now| {
        let keys = at(&file, &new, now);
        let expectation = Expectation {
            issuer: "i",
            audience: "a",
            now,
            leeway: 0,
        };
        verify(&token, &keys.published, &expectation).map(|_| ())
    };
    assert_eq!(good(NOW + 1), Ok(()));
    assert_eq!(good(NOW + LIFETIME - 1), Ok(()));
    assert_eq!(good(NOW + LIFETIME), Err(TokenError::Expired));
    assert_eq!(
        good(NOW + LIFETIME + 3600),
        Err(TokenError::UnknownKey),
        "no longer published"
    );
}

#[test]
fn publishing_is_extended_once_an_hour_and_not_at_each_login() {
    let (_folder, file) = fresh();
    let until = |now| {
        at(&file, "", now);
        let rows = tonearm_accounts::Database::execute(
            &file,
            "SELECT publish_until FROM signing_keys",
            &[],
        );
        rows.unwrap()[0].number(0).unwrap() - NOW
    };
    assert_eq!(until(NOW), LIFETIME + 3600);
    assert_eq!(until(NOW + 3600), LIFETIME + 3600);
    assert_eq!(until(NOW + 3601), LIFETIME + 7201);
}
