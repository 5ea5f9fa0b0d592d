//! An instance of the previous release beside one of this, on one database. Its statements
//! are copied from 0.2.0.

use tonearm_accounts::{AccountsError, Database, Row, Value, migrate};

use crate::world::{ADA, OTHER_PASSWORD, PASSWORD, World, attempt, token};
use crate::{File, NOW, credentials};

const REGISTER: &str = "INSERT INTO users (id, email, email_key, password_hash, created_at)
                 VALUES (?, ?, ?, ?, ?)";
const FIND: &str = "SELECT id, email, is_admin, password_hash FROM users WHERE email_key = ?";
/// The statements of its only migration.
const SCHEMA: [&str; 4] = [
    "CREATE TABLE users (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
        created_at INTEGER NOT NULL
    )",
    "CREATE TABLE login_failures (
        account TEXT PRIMARY KEY NOT NULL,
        failures INTEGER NOT NULL,
        failed_at INTEGER NOT NULL,
        blocked_until INTEGER NOT NULL
    )",
    "CREATE INDEX login_failures_failed_at ON login_failures (failed_at)",
    "CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY NOT NULL,
        secret TEXT,
        public TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        publish_until INTEGER NOT NULL
    )",
];
/// Argon2id of `correct horse`, and of the decomposed form of `pässwörter`, with the cost
/// that 0.2.0 has. Another implementation made them.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$s5jKMU7RmOunCWlNuqA39A$LapO29pUUj8Us8qDvgZ1xAlK7lfdu1y/BOmPGc6eC0A";
const DECOMPOSED_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$pyTL9KGdsbps/0VoD6vS+g$zW6es9KcF5VjtTx7RIo8pB7Y/soL2OyMJc9h5xA6FkI";

/// The previous release.
struct Previous<'a>(&'a File);

impl Previous<'_> {
    fn register(
        &self,
        id: &str,
        email: &str,
        hash: &str,
    ) -> Result<Vec<Row>, tonearm_accounts::DatabaseError> {
        let values: [Value; 5] = [
            id.into(),
            email.into(),
            email.into(),
            hash.into(),
            NOW.into(),
        ];
        self.0.execute(REGISTER, &values)
    }

    /// Id and hash, as its login reads them.
    fn find(&self, email: &str) -> Option<(String, String)> {
        let rows = self.0.execute(FIND, &[email.into()]).unwrap();
        let row = rows.first()?;
        Some((
            row.text(0).unwrap().to_owned(),
            row.text(3).unwrap().to_owned(),
        ))
    }
}

#[test]
fn users_of_the_previous_release_are_confirmed_by_the_migration() {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(&folder.path().join("accounts.db"));
    for statement in SCHEMA {
        file.execute(statement, &[]).unwrap();
    }
    file.execute("PRAGMA user_version = 1", &[]).unwrap();
    Previous(&file).register("0190a0b1", ADA, HASH).unwrap();
    Previous(&file)
        .register("0190a0b2", "eve@example.com", DECOMPOSED_HASH)
        .unwrap();
    assert_eq!(migrate(&file), Ok(true));
    let mut world = World::new();
    (world.folder, world.file) = (folder, file);

    let user = world.login(ADA, PASSWORD, NOW).unwrap();
    assert_eq!(
        (user.id.as_str(), user.is_confirmed, user.version),
        ("0190a0b1", true, 0)
    );
    let decomposed = world.login("eve@example.com", "pa\u{308}sswo\u{308}rter", NOW);
    assert_eq!(decomposed.unwrap().id, "0190a0b2", "as it was registered");
}

#[test]
fn the_previous_release_registers_and_logs_in_on_the_new_schema() {
    let world = World::new();
    let previous = Previous(&world.file);
    previous.register("0190a0b1", ADA, HASH).unwrap();
    assert_eq!(
        previous.find(ADA),
        Some(("0190a0b1".to_owned(), HASH.to_owned()))
    );
    let twice = previous.register("0190a0b2", ADA, HASH);
    assert_eq!(twice, Err(tonearm_accounts::DatabaseError::Unique));

    // This release sees the user, as unconfirmed.
    let user = world.login(ADA, PASSWORD, NOW).unwrap();
    assert_eq!((user.id.as_str(), user.is_confirmed), ("0190a0b1", false));
    let letters = world.register(ADA, OTHER_PASSWORD, NOW);
    let confirmed = world
        .at(NOW)
        .confirm(&token(&letters), &attempt(PASSWORD))
        .unwrap();
    assert_eq!(confirmed.id, user.id);
}

#[test]
fn the_previous_release_finds_the_users_of_this_one_and_their_new_passwords() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let previous = Previous(&world.file);
    let (id, hash) = previous.find(ADA).unwrap();
    assert_eq!(id, user.id);
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    let caller = world.caller(&user, None);
    let new = OTHER_PASSWORD.to_owned().into();
    world
        .at(NOW)
        .change_password(&caller, &attempt(PASSWORD), new)
        .unwrap();
    assert_ne!(previous.find(ADA).unwrap().1, hash);
    assert!(
        previous.register("0190a0b2", ADA, HASH).is_err(),
        "and does not register them"
    );
    assert_eq!(previous.find("nobody@example.com"), None);
}

#[test]
fn a_registration_waits_beside_a_user_of_the_previous_release() {
    let world = World::new();
    let letters = world.register(ADA, OTHER_PASSWORD, NOW);
    // It knows nothing of registrations, and chooses a salt of its own.
    Previous(&world.file)
        .register("0190a0b1", ADA, HASH)
        .unwrap();
    assert_eq!(world.login(ADA, PASSWORD, NOW).unwrap().id, "0190a0b1");
    let link = token(&letters);
    let other_salt = world
        .at(NOW)
        .confirm(&link, &attempt(OTHER_PASSWORD))
        .map(|_| ());
    assert_eq!(other_salt, Err(AccountsError::PasswordWrong));
    // Registering once more takes the salt of the user.
    world
        .at(NOW)
        .register(credentials(ADA, OTHER_PASSWORD))
        .unwrap();
    let user = world
        .at(NOW)
        .confirm(&link, &attempt(OTHER_PASSWORD))
        .unwrap();
    assert_ne!(user.id, "0190a0b1");
}
