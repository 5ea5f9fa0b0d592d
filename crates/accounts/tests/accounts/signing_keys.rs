//! The signing key: made, kept, given, changed.

use tonearm_accounts::{AccountsError, Keys, keys};
use tonearm_tokens::{Claims, Expectation, Signer, Terms, TokenError, verify};

use crate::{File, NOW, fresh};

const LIFETIME: u64 = 86_400;

fn at(file: &File, given: &str, now: u64) -> Keys {
    keys::current(file, given, LIFETIME, now).unwrap()
}

fn kids(keys: &Keys) -> Vec<&str> {
    keys.published.kids().collect()
}

#[test]
fn a_made_key_is_kept() {
    let (_folder, file) = fresh();
    let first = at(&file, "", NOW);
    let second = at(&file, " \n", NOW + 10 * LIFETIME);
    assert!(first.made && !second.made);
    assert_eq!(first.signer.kid(), second.signer.kid());
    assert_eq!(kids(&second), [first.signer.kid()]);
}

#[test]
fn a_given_key_is_used_and_its_secret_not_kept() {
    let (_folder, file) = fresh();
    let given = Signer::generate();
    let pem = given.to_pem();
    let keys = at(&file, &pem, NOW);
    assert_eq!(kids(&keys), [given.kid()]);
    let rows = tonearm_accounts::Database::execute(
        &file,
        "SELECT count(*) FROM signing_keys WHERE secret IS NULL",
        &[],
    );
    assert_eq!(rows.unwrap()[0].number(0), Ok(1));
}

#[test]
fn a_bad_given_key_is_refused_and_none_is_made_instead() {
    let (_folder, file) = fresh();
    let got = keys::current(&file, "secret", LIFETIME, NOW).map(|_| ());
    assert_eq!(got, Err(AccountsError::Key(TokenError::SecretFormat)));
    assert_eq!(file.count("signing_keys"), 0);
}

#[test]
fn after_a_change_old_tokens_live_out_their_time() {
    let (_folder, file) = fresh();
    let old = at(&file, "", NOW);
    let terms = Terms {
        issuer: "i",
        audience: "a",
        now: NOW,
        lifetime: LIFETIME,
    };
    let token = old
        .signer
        .sign(&Claims::new("u", "ada@example.com", false, &terms))
        .unwrap();

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
        "no more published"
    );
}

#[test]
fn publishing_is_prolonged_in_time_and_not_at_each_login() {
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
