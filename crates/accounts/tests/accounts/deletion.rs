//! Deleting accounts.

use tonearm_accounts::{AccountsError, Database, overwrite_deleted};

use crate::world::{ADA, DAY, OTHER_PASSWORD, PASSWORD, Published, World, attempt, sent, token};
use crate::{File, NOW};

/// All bytes of the database, of its journal and of its write-ahead log.
fn bytes(world: &World) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        all.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    all
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes
        .windows(needle.len())
        .any(|part| part == needle.as_bytes())
}

/// With the rollback journal that SQLite has by default, and the log of the host.
fn with_each_journal(test: impl Fn(&World)) {
    for journal in ["delete", "wal"] {
        let world = World::new();
        overwrite_deleted(&world.file);
        world.file.set_journal(journal);
        test(&world);
    }
}

#[test]
fn a_deleted_account_leaves_nothing() {
    with_each_journal(|world| {
        // Enough others to split pages of the tables.
        for number in 0..40 {
            world
                .file
                .insert_user(&format!("other{number}@example.com"));
        }
        let user = world.user(ADA, PASSWORD);
        let at = world.at(NOW);
        let agent = "Firefox of Ada";
        let session = at.begin_session(&user, agent).unwrap();
        at.forgot(ADA).unwrap();
        let caller = world.caller(&user, Some(&session.id));
        at.change_address(&caller, &attempt(PASSWORD), "ada@moved.example")
            .unwrap();
        let link = token(&world.letters(NOW)[1..]);
        at.confirm_new_address(&link).unwrap();
        let user = world.login("ada@moved.example", PASSWORD, NOW).unwrap();
        let _ = world.login("ada@moved.example", "wrong horse", NOW);
        at.forgot("ada@moved.example").unwrap();
        world.register("ada@moved.example", OTHER_PASSWORD, NOW);
        let stranger = world
            .login("ada@moved.example", OTHER_PASSWORD, NOW)
            .unwrap();
        let stranger = world.caller(&stranger, None);
        let caller = world.caller(&user, None);
        for number in 40..80 {
            world
                .file
                .insert_user(&format!("other{number}@example.com"));
        }
        let all = bytes(world);
        for needle in ["ada@moved.example", user.id.as_str()] {
            assert!(holds(&all, needle), "{needle}");
        }

        at.delete(&stranger, &attempt(OTHER_PASSWORD)).unwrap();
        at.delete(&caller, &attempt(PASSWORD)).unwrap();
        assert_eq!(
            sent(&world.letters(NOW)).last(),
            Some(&("ada@moved.example", "account_deleted"))
        );
        at.erase();
        assert!(
            world
                .redis
                .take()
                .contains(&Published::Deleted(user.id.clone()))
        );
        let all = bytes(world);
        let gone = [
            ADA,
            "ada@moved.example",
            "moved.example",
            &user.id,
            agent,
            &session.id,
        ];
        for needle in gone {
            assert!(!holds(&all, needle), "{needle}");
        }
        assert!(holds(&all, "other79@example.com"));
        for table in ["links", "sessions", "outbox", "registrations"] {
            assert_eq!(world.file.count(table), 0, "{table}");
        }
        // How often a password was tried on the address is known for an hour more, or those
        // who try would learn that it had an account.
        let hashes = hashes(world, "login_failures", "account");
        assert_eq!(hashes.len(), 2, "the former address and the new one");
        world.at(NOW + 3600).sweep().unwrap();
        world.at(NOW + 3600).erase();
        assert_eq!(world.file.count("login_failures"), 0);
        assert_eq!(world.file.count("sent_letters"), 0);
        let all = bytes(world);
        assert!(hashes.iter().all(|hash| !holds(&all, hash)));
    });
}

/// The different hashes in a column.
fn hashes(world: &World, table: &str, column: &str) -> Vec<String> {
    let sql = format!("SELECT DISTINCT {column} FROM {table}");
    let rows = world.file.execute(&sql, &[]).unwrap();
    rows.iter()
        .map(|row| row.text(0).unwrap().to_owned())
        .collect()
}

#[test]
fn a_deleted_unconfirmed_account_leaves_nothing_after_a_day() {
    with_each_journal(|world| {
        world.register(ADA, PASSWORD, NOW);
        let account = world.login(ADA, PASSWORD, NOW).unwrap();
        let _ = world.login(ADA, "wrong horse", NOW);
        let caller = world.caller(&account, None);
        let wrong = world.at(NOW).delete(&caller, &attempt("wrong horse"));
        assert_eq!(wrong, Err(AccountsError::PasswordWrong));
        world.at(NOW).delete(&caller, &attempt(PASSWORD)).unwrap();
        assert_eq!(world.letters(NOW), [], "no letter beside the link");
        // What keeps strangers from sending letters and guessing, as hashes of the address.
        let mut hashes = hashes(world, "login_failures", "account");
        hashes.extend(self::hashes(world, "sent_letters", "recipient"));
        assert_eq!(hashes.len(), 2);
        assert!(world.at(NOW + DAY).sweep().unwrap().rows);
        world.at(NOW + DAY).erase();
        for table in ["registrations", "links", "login_failures", "sent_letters"] {
            assert_eq!(world.file.count(table), 0, "{table}");
        }
        let all = bytes(world);
        for needle in hashes.iter().map(String::as_str).chain([ADA, &account.id]) {
            assert!(!holds(&all, needle), "{needle}");
        }
        assert!(
            !world.at(NOW + DAY).sweep().unwrap().rows,
            "nothing is left"
        );
    });
}

#[test]
fn a_deleted_account_and_its_tokens_are_gone_and_the_address_is_free() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    let wrong = world.at(NOW).delete(&caller, &attempt("wrong horse"));
    assert_eq!(wrong, Err(AccountsError::PasswordWrong));
    world.at(NOW).delete(&caller, &attempt(PASSWORD)).unwrap();
    let published = world.redis.take();
    assert_eq!(
        published,
        [Published::Revoked(user.id.clone(), 1)],
        "before the change"
    );
    assert_eq!(
        world.login(ADA, PASSWORD, NOW),
        Err(AccountsError::Unauthorized)
    );
    let again = world.try_caller(&user, None).map(|_| ());
    assert_eq!(again, Err(AccountsError::TokenRevoked));
    assert_eq!(sent(&world.letters(NOW)), [(ADA, "account_deleted")]);
    let new = world.user(ADA, OTHER_PASSWORD);
    assert_ne!(new.id, user.id);
}

impl File {
    pub(crate) fn set_journal(&self, mode: &str) {
        self.execute(&format!("PRAGMA journal_mode = {mode}"), &[])
            .unwrap();
    }

    fn insert_user(&self, email: &str) {
        let id = uuid::Uuid::now_v7().to_string();
        self.execute(
            "INSERT INTO users (id, email, email_key, password_hash, created_at)
             VALUES (?, ?, ?, 'x', 1)",
            &[id.as_str().into(), email.into(), email.into()],
        )
        .unwrap();
    }
}
