//! Creating accounts and logging in.

use tonearm_accounts::{AccountsError, login, register};

use crate::{NOW, credentials, fresh};

#[test]
fn a_registered_user_can_log_in() {
    let (_folder, file) = fresh();
    let created = register(&file, credentials("Ada@Example.com", "correct horse"), NOW).unwrap();
    assert_eq!(created.email.as_str(), "Ada@example.com");
    assert!(!created.is_admin);
    for email in ["Ada@example.com", "ada@example.com", " ADA@EXAMPLE.COM "] {
        assert_eq!(
            login(&file, credentials(email, "correct horse"), NOW),
            Ok(created.clone())
        );
    }
}

#[test]
fn an_address_has_one_account() {
    let (_folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    for email in ["ada@example.com", "ADA@example.com"] {
        let again = register(&file, credentials(email, "another one"), NOW);
        assert_eq!(again, Err(AccountsError::EmailTaken));
    }
    assert!(login(&file, credentials("ada@example.com", "correct horse"), NOW).is_ok());
    assert_eq!(file.count("users"), 1);
}

#[test]
fn invalid_credentials_are_refused_and_create_nothing() {
    let (_folder, file) = fresh();
    let short = register(&file, credentials("ada@example.com", "short"), NOW);
    assert!(matches!(short, Err(AccountsError::Password(_))));
    let no_email = register(&file, credentials("ada", "correct horse"), NOW);
    assert!(matches!(no_email, Err(AccountsError::Email(_))));
    assert_eq!(file.count("users"), 0);
}

#[test]
fn plain_passwords_are_not_stored() {
    let (folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    let _ = login(&file, credentials("ada@example.com", "wrong horse"), NOW);
    let _ = login(&file, credentials("typed-it-here@x", "y"), NOW);
    let bytes = std::fs::read(folder.path().join("accounts.db")).unwrap();
    let holds = |needle: &str| {
        bytes
            .windows(needle.len())
            .any(|part| part == needle.as_bytes())
    };
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!holds("correct horse") && !holds("wrong horse") && !holds("typed-it-here"));
}
