//! Failed logins: the error of each, and the delay before the next.

use tonearm_accounts::{AccountsError, Database, login, register};

use crate::{File, NOW, credentials, fresh};

fn attempt(file: &File, email: &str, password: &str, now: u64) -> Result<(), AccountsError> {
    login(file, credentials(email, password), now).map(|_| ())
}

#[test]
fn unknown_addresses_and_wrong_passwords_are_indistinguishable() {
    let (_folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    let run = |email: &str| -> Vec<Result<(), AccountsError>> {
        (0..40)
            .map(|second| attempt(&file, email, "wrong horse", NOW + second))
            .collect()
    };
    let known = run("ada@example.com");
    assert_eq!(known, run("nobody@example.com"));
    assert!(known.contains(&Err(AccountsError::Unauthorized)));
    assert!(known.contains(&Err(AccountsError::Throttled(15))));
}

#[test]
fn the_delay_grows_and_a_success_resets_it() {
    let (_folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    let wrong = |now| attempt(&file, "ada@example.com", "wrong horse", now);
    let right = |now| attempt(&file, "ada@example.com", "correct horse", now);
    let mut now = NOW;
    for _ in 0..5 {
        assert_eq!(wrong(now), Err(AccountsError::Unauthorized));
    }
    for delay in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
        assert_eq!(wrong(now), Err(AccountsError::Throttled(delay)));
        assert_eq!(
            right(now),
            Err(AccountsError::Throttled(delay)),
            "the right password is refused as well"
        );
        assert_eq!(
            right(now + delay - 1),
            Err(AccountsError::Throttled(1)),
            "an attempt while blocked does not extend the block"
        );
        now += delay;
        assert_eq!(wrong(now), Err(AccountsError::Unauthorized));
    }
    now += 300;
    assert_eq!(right(now), Ok(()));
    assert_eq!(
        wrong(now),
        Err(AccountsError::Unauthorized),
        "the count starts over"
    );
    assert_eq!(right(now), Ok(()));
    assert_eq!(file.count("login_failures"), 0);
}

#[test]
fn accounts_are_throttled_independently() {
    let (_folder, file) = fresh();
    for email in ["ada@example.com", "eve@example.com"] {
        register(&file, credentials(email, "correct horse"), NOW).unwrap();
    }
    for _ in 0..5 {
        let _ = attempt(&file, "ADA@example.com", "wrong horse", NOW);
    }
    let ada = attempt(&file, "ada@example.com", "correct horse", NOW);
    assert_eq!(
        ada,
        Err(AccountsError::Throttled(1)),
        "the case of the address does not matter"
    );
    assert_eq!(
        attempt(&file, "eve@example.com", "correct horse", NOW),
        Ok(())
    );
}

#[test]
fn failures_are_forgotten_and_the_table_stays_small() {
    let (_folder, file) = fresh();
    for number in 0..4 {
        let _ = attempt(&file, &format!("u{number}@example.com"), "wrong horse", NOW);
    }
    assert_eq!(file.count("login_failures"), 4);
    let _ = attempt(&file, "later@example.com", "wrong horse", NOW + 3601);
    assert_eq!(file.count("login_failures"), 1);

    // The count starts over once the last failure is an hour old.
    file.execute(
        "UPDATE login_failures SET failures = 9, blocked_until = 0",
        &[],
    )
    .unwrap();
    assert_eq!(
        attempt(&file, "later@example.com", "wrong horse", NOW + 3601 + 3600),
        Err(AccountsError::Unauthorized)
    );
    let rows = file
        .execute("SELECT failures FROM login_failures", &[])
        .unwrap();
    assert_eq!(rows[0].number(0), Ok(1));
}

#[test]
fn malformed_credentials_are_unauthorized() {
    let (_folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    let long = "x".repeat(5000);
    let cases = [
        ("", ""),
        ("ada@example.com", ""),
        ("ada@example.com", long.as_str()),
        ("ada", "correct horse"),
        (long.as_str(), "correct horse"),
        ("ada@example.com' OR 1=1 --", "correct horse"),
    ];
    for (email, password) in cases {
        assert_eq!(
            attempt(&file, email, password, NOW),
            Err(AccountsError::Unauthorized)
        );
    }
}
