//! What a change causes outside of the database happens, whatever crashes when.

use tonearm_accounts::{AccountsError, Recipient};

use crate::world::{ADA, PASSWORD, Published, World, attempt, sent, token};
use crate::{NOW, credentials};

#[test]
fn a_letter_survives_a_crash_between_commit_and_post() {
    let world = World::new();
    world.at(NOW).register(credentials(ADA, PASSWORD)).unwrap();
    // The process ends here. Any later request, with another connection, posts it.
    let later = crate::File::open(&world.folder.path().join("accounts.db"));
    let accounts = tonearm_accounts::Accounts {
        database: &later,
        publisher: &world.redis,
        rules: &world.rules,
        now: NOW + 5,
    };
    assert_eq!(accounts.deliver(), Ok(1));
    assert_eq!(
        sent(&world.redis.take_letters()),
        [(ADA, "confirm_address")]
    );
    assert_eq!(accounts.deliver(), Ok(0), "once");
}

#[test]
fn letters_wait_while_redis_is_away() {
    let world = World::new();
    world.redis.is_away.set(true);
    world.at(NOW).register(credentials(ADA, PASSWORD)).unwrap();
    for _ in 0..3 {
        let tried = world.at(NOW).deliver();
        assert!(matches!(tried, Err(AccountsError::Publish(_))), "{tried:?}");
    }
    assert_eq!(world.file.count("outbox"), 1);
    world.redis.is_away.set(false);
    let letters = world.letters(NOW);
    assert!(
        world
            .at(NOW)
            .confirm(&token(&letters), &attempt(PASSWORD))
            .is_ok()
    );
}

#[test]
fn a_deletion_survives_a_crash_before_it_is_published() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    world.at(NOW).delete(&caller, &attempt(PASSWORD)).unwrap();
    world.redis.is_away.set(true);
    assert!(world.at(NOW).deliver().is_err());
    world.redis.is_away.set(false);
    world.redis.take();
    world.at(NOW).deliver().unwrap();
    assert_eq!(world.redis.take()[0], Published::Deleted(user.id));
}

#[test]
fn the_outbox_holds_no_address() {
    let world = World::new();
    world.at(NOW).register(credentials(ADA, PASSWORD)).unwrap();
    let rows =
        tonearm_accounts::Database::execute(&world.file, "SELECT * FROM outbox", &[]).unwrap();
    assert!(!format!("{rows:?}").contains("ada@"), "{rows:?}");
}

#[test]
fn without_confirmation_a_user_gets_mails_about_jobs_at_once() {
    let mut world = World::new();
    world.rules.confirm_addresses = false;
    world.at(NOW).register(credentials(ADA, PASSWORD)).unwrap();
    let user = world.login(ADA, PASSWORD, NOW).unwrap();
    world.at(NOW).deliver().unwrap();
    let recipient = |wants_mails| Recipient {
        email: ADA.to_owned(),
        is_confirmed: false,
        wants_mails,
    };
    let to = |wants| vec![Published::To(user.id.clone(), recipient(wants))];
    assert_eq!(world.redis.take(), to(true));
    // Once confirmation is on, the unconfirmed address gets none.
    world.at(NOW).withhold_mails(&user).unwrap();
    assert_eq!(world.at(NOW).deliver(), Ok(0));
    world.rules.confirm_addresses = true;
    world.at(NOW).withhold_mails(&user).unwrap();
    world.at(NOW).deliver().unwrap();
    assert_eq!(world.redis.take(), to(false));
}
