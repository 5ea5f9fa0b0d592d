//! Logins with the former password while it is being changed.

use std::cell::RefCell;
use std::time::Duration;

use tonearm_accounts::{
    Account, Accounts, AccountsError, PublishError, Publisher, Recipient, Session,
};

use crate::world::{ADA, OTHER_PASSWORD, PASSWORD, Published, World, attempt, token};
use crate::{File, NOW};

/// Stands for Redis. When tokens are revoked, which comes before the change, somebody logs in
/// with the former password and begins a session.
struct Racing<'w> {
    world: &'w World,
    seen: RefCell<Option<(Account, Session)>>,
}

impl<'w> Racing<'w> {
    fn new(world: &'w World) -> Self {
        Self {
            world,
            seen: RefCell::default(),
        }
    }

    fn accounts(&self) -> Accounts<'_, File, Self> {
        Accounts {
            database: &self.world.file,
            publisher: self,
            rules: &self.world.rules,
            now: NOW,
        }
    }

    /// Neither the token nor the session of the login is good for anything.
    fn assert_void(&self) {
        let seen = self.seen.take();
        let (account, session) = seen.unwrap();
        for session in [None, Some(session.id.as_str())] {
            let caller = self.world.try_caller(&account, session).map(|_| ());
            assert_eq!(caller, Err(AccountsError::TokenRevoked), "{session:?}");
        }
        assert_eq!(self.world.at(NOW).sessions(&account).unwrap(), []);
        self.world.at(NOW).deliver().unwrap();
        let revoked = |published: &Published| {
            matches!(published, Published::Revoked(id, version)
                if *id == account.id && *version > account.version)
        };
        assert!(
            self.world.redis.take().iter().any(revoked),
            "at the gateway"
        );
    }
}

impl Publisher for Racing<'_> {
    fn revoke_tokens(&self, account: &str, version: u64, now: u64) -> Result<(), PublishError> {
        self.world.redis.revoke_tokens(account, version, now)?;
        let account = self.world.login(ADA, PASSWORD, NOW).unwrap();
        let session = self.world.at(NOW).begin_session(&account, "").unwrap();
        self.seen.replace(Some((account, session)));
        Ok(())
    }

    fn end_session(&self, account: &str, id: &str, time: Duration) -> Result<(), PublishError> {
        self.world.redis.end_session(account, id, time)
    }

    fn set_recipient(&self, account: &str, recipient: &Recipient) -> Result<(), PublishError> {
        self.world.redis.set_recipient(account, recipient)
    }

    fn delete_account(&self, account: &str, time: Duration) -> Result<(), PublishError> {
        self.world.redis.delete_account(account, time)
    }

    fn post_letter(&self, id: &str, sealed: &str) -> Result<(), PublishError> {
        self.world.redis.post_letter(id, sealed)
    }

    fn post_nothing(&self, id: &str, sealed: &str) -> Result<(), PublishError> {
        self.world.redis.post_nothing(id, sealed)
    }
}

#[test]
fn a_login_during_a_change_of_the_password_is_void() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    let racing = Racing::new(&world);
    let new = OTHER_PASSWORD.to_owned().into();
    let changed = racing
        .accounts()
        .change_password(&caller, &attempt(PASSWORD), new);
    racing.assert_void();
    assert!(
        world.try_caller(&changed.unwrap(), None).is_ok(),
        "the new token"
    );
}

#[test]
fn a_login_during_a_reset_of_the_password_is_void() {
    let world = World::new();
    world.user(ADA, PASSWORD);
    world.at(NOW).forgot(ADA).unwrap();
    let link = token(&world.letters(NOW));
    let racing = Racing::new(&world);
    let new = OTHER_PASSWORD.to_owned().into();
    racing.accounts().reset(&link, new).unwrap();
    racing.assert_void();
}

#[test]
fn a_login_during_a_change_of_the_address_is_void() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    let accounts = world.at(NOW);
    accounts
        .change_address(&caller, &attempt(PASSWORD), "countess@example.com")
        .unwrap();
    let link = token(&world.letters(NOW));
    let racing = Racing::new(&world);
    racing.accounts().confirm_new_address(&link).unwrap();
    racing.assert_void();
}

#[test]
fn no_session_begins_for_an_account_that_has_changed_or_is_gone() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    world.at(NOW).sign_out_everywhere(&user).unwrap();
    let late = world.at(NOW).begin_session(&user, "");
    assert_eq!(late, Err(AccountsError::Unauthorized));

    let user = world.login(ADA, PASSWORD, NOW).unwrap();
    let caller = world.caller(&user, None);
    world.at(NOW).delete(&caller, &attempt(PASSWORD)).unwrap();
    let late = world.at(NOW).begin_session(&user, "");
    assert_eq!(late, Err(AccountsError::Unauthorized));
    assert_eq!(world.file.count("sessions"), 0);
}

#[test]
fn a_revocation_outlives_every_token() {
    let mut world = World::new();
    for (token, session, max) in [(60, 60, 60), (1 << 30, 60, 60), (60, 60, 1 << 31)] {
        world.rules.token_lifetime = token;
        world.rules.session_lifetime = session;
        world.rules.session_max = max;
        let leeway = tonearm_tokens::DEFAULT_LEEWAY;
        let default = 90 * crate::world::DAY;
        let longest = token.max(session).max(max).max(default);
        assert!(world.rules.revocation_lifetime() > longest + leeway);
    }
}
