//! Failed logins: the error of each, and the delay before the next.

use std::cell::Cell;

use tonearm_accounts::{AccountsError, Database, DatabaseError, Row, Value, login, register};

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
fn the_delay_grows_and_a_success_changes_nothing() {
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
    let failures = records(&file);
    for _ in 0..9 {
        assert_eq!(right(now), Ok(()), "as often as one likes");
        assert_eq!(records(&file), failures);
    }
    assert_eq!(wrong(now), Err(AccountsError::Unauthorized));
    assert_eq!(
        right(now),
        Err(AccountsError::Throttled(300)),
        "a success has not reset the count"
    );
    assert_eq!(right(now + 3600), Ok(()));
    assert_eq!(wrong(now + 3600), Err(AccountsError::Unauthorized));
    assert_eq!(right(now + 3600), Ok(()), "an hour has");
}

/// All that is on record, as text.
fn records(file: &File) -> String {
    let rows = file.execute("SELECT * FROM login_failures ORDER BY account", &[]);
    format!("{rows:?}")
}

#[test]
fn nobody_learns_from_the_throttle_when_an_owner_logs_in() {
    let (_folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    // A stranger who guesses, now and then beside the owner. Only one of the addresses has one.
    let run = |email: &str| -> Vec<Result<(), AccountsError>> {
        let mut now = NOW;
        let mut observed = Vec::new();
        for _ in 0..20 {
            let guess = attempt(&file, email, "wrong horse", now);
            if let Err(AccountsError::Throttled(seconds)) = guess {
                now += seconds;
            }
            observed.push(guess);
            if email == "ada@example.com" {
                let _ = attempt(&file, email, "correct horse", now);
            }
        }
        observed
    };
    let with_owner = run("ada@example.com");
    assert_eq!(with_owner, run("nobody@example.com"));
    assert!(with_owner.contains(&Err(AccountsError::Throttled(64))));
}

#[test]
fn a_success_beside_failures_takes_back_only_itself() {
    let (folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    let wrong = |file: &File, now| attempt(file, "ada@example.com", "wrong horse", now);
    for _ in 0..5 {
        assert_eq!(wrong(&file, NOW), Err(AccountsError::Unauthorized));
    }
    // Another wrong password comes while the right one is checked, which takes long.
    let other = File::open(&folder.path().join("accounts.db"));
    let slow = Meanwhile::new(&file, "SELECT 0 AS kind", || {
        assert_eq!(wrong(&other, NOW + 5), Err(AccountsError::Unauthorized));
    });
    let owner = credentials("ada@example.com", "correct horse");
    assert!(login(&slow, owner, NOW + 1).is_ok());
    let rows = file
        .execute("SELECT failures, failed_at FROM login_failures", &[])
        .unwrap();
    assert_eq!((rows[0].number(0), rows[0].number(1)), (Ok(6), Ok(NOW + 5)));
}

/// Runs something once, before the first statement with a prefix.
struct Meanwhile<'a, F: FnOnce()> {
    file: &'a File,
    prefix: &'static str,
    work: Cell<Option<F>>,
}

impl<'a, F: FnOnce()> Meanwhile<'a, F> {
    fn new(file: &'a File, prefix: &'static str, work: F) -> Self {
        let work = Cell::new(Some(work));
        Self { file, prefix, work }
    }
}

impl<F: FnOnce()> Database for Meanwhile<'_, F> {
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        if sql.trim_start().starts_with(self.prefix)
            && let Some(work) = self.work.take()
        {
            work();
        }
        self.file.execute(sql, parameters)
    }
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
