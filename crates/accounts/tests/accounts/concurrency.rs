//! Several instances at once on one file. None of their connections waits for a
//! lock.

use std::sync::Barrier;
use std::time::Duration;

use tonearm_accounts::{
    Accounts, AccountsError, Database, DatabaseError, LinkToken, Row, SigningKeys, Value, login,
    register,
};

use crate::world::{ADA, PASSWORD, Redis, World, attempt, token};
use crate::{File, NOW, credentials, fresh};

/// Runs `work` on eight connections at the same moment.
fn at_once<T: Send>(
    folder: &tempfile::TempDir,
    work: impl Fn(&File) -> Result<T, AccountsError> + Sync,
) -> Vec<Result<T, AccountsError>> {
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let file = File::open(&folder.path().join("accounts.db"));
                    barrier.wait();
                    work(&file)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn concurrent_registrations_create_one_account() {
    let (folder, file) = fresh();
    let made = at_once(&folder, |file| {
        register(file, credentials("ada@example.com", "correct horse"), NOW)
    });
    assert_eq!(
        made.iter().filter(|made| made.is_ok()).count(),
        1,
        "{made:?}"
    );
    let taken = |made: &&Result<_, _>| **made == Err(AccountsError::EmailTaken);
    assert_eq!(made.iter().filter(taken).count(), 7, "{made:?}");
    assert_eq!(file.count("users"), 1);
}

#[test]
fn concurrent_instances_generate_one_key() {
    let (folder, _file) = fresh();
    let keys = at_once(&folder, |file| SigningKeys::load(file, "", 60, NOW));
    let keys: Vec<_> = keys.into_iter().map(Result::unwrap).collect();
    assert!(
        keys.iter()
            .all(|other| other.signer.kid() == keys[0].signer.kid())
    );
    assert_eq!(keys.iter().filter(|keys| keys.generated).count(), 1);
}

#[test]
fn concurrent_logins_with_the_right_password_succeed() {
    let (folder, file) = fresh();
    register(&file, credentials("ada@example.com", "correct horse"), NOW).unwrap();
    for done in at_once(&folder, |file| {
        login(file, credentials("ada@example.com", "correct horse"), NOW)
    }) {
        done.unwrap();
    }
}

#[test]
fn only_one_of_many_concurrent_guesses_is_checked() {
    let (folder, file) = fresh();
    let guess = |file: &File, now| login(file, credentials("ada@example.com", "guess"), now);
    for _ in 0..5 {
        let _ = guess(&file, NOW);
    }
    let answers = at_once(&folder, |file| guess(file, NOW + 1));
    let checked = answers
        .iter()
        .filter(|a| **a == Err(AccountsError::Unauthorized))
        .count();
    let blocked = answers
        .iter()
        .filter(|a| **a == Err(AccountsError::Throttled(2)))
        .count();
    assert_eq!((checked, blocked), (1, 7), "{answers:?}");
}

/// A database that stays locked.
struct Locked(std::cell::Cell<Duration>);

impl Database for Locked {
    fn execute(&self, _: &str, _: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        Err(DatabaseError::Busy)
    }
    fn pause(&self, time: Duration) {
        self.0.set(self.0.get() + time);
    }
}

#[test]
fn a_lasting_lock_becomes_an_error() {
    let locked = Locked(Duration::ZERO.into());
    let got = SigningKeys::load(&locked, "", 60, NOW).map(|_| ());
    assert_eq!(got, Err(AccountsError::Database(DatabaseError::Busy)));
    assert_eq!(locked.0.get(), Duration::from_millis(1270));
}

#[test]
fn of_two_confirmations_at_once_one_wins() {
    let world = World::new();
    let letters = world.register(ADA, PASSWORD, NOW);
    let link = token(&letters);
    let link = link.as_str();
    let done = at_once(&world.folder, |file| {
        let redis = Redis::default();
        let rules = World::new().rules;
        let accounts = Accounts {
            database: file,
            publisher: &redis,
            rules: &rules,
            now: NOW,
        };
        accounts.confirm(&LinkToken::parse(link)?, &attempt(PASSWORD))
    });
    let won = done.iter().filter(|done| done.is_ok()).count();
    assert_eq!(won, 1, "{done:?}");
    assert_eq!(world.file.count("users"), 1);
}

#[test]
fn concurrent_registrations_of_an_address_share_one_salt() {
    let world = World::new();
    let done = at_once(&world.folder, |file| {
        let redis = Redis::default();
        let rules = World::new().rules;
        let accounts = Accounts {
            database: file,
            publisher: &redis,
            rules: &rules,
            now: NOW,
        };
        let password = format!("{PASSWORD} {:?}", std::thread::current().id());
        accounts
            .register(credentials(ADA, &password))
            .map(|_| password)
    });
    let rows = world
        .file
        .execute("SELECT password_hash FROM registrations", &[])
        .unwrap();
    let salts: std::collections::BTreeSet<_> = rows
        .iter()
        .map(|row| row.text(0).unwrap().rsplit_once('$').unwrap().0.to_owned())
        .collect();
    assert_eq!(salts.len(), 1, "{salts:?}");
    for password in done.into_iter().flatten() {
        assert!(login(&world.file, credentials(ADA, &password), NOW + 7200).is_ok());
    }
}
