//! Confirming addresses.

use tonearm_accounts::{AccountsError, Kind};

use crate::world::{ADA, DAY, OTHER_PASSWORD, PASSWORD, Published, World, attempt, sent, token};
use crate::{NOW, credentials};

#[test]
fn a_registered_address_becomes_a_user_when_it_is_confirmed() {
    let world = World::new();
    let letters = world.register(ADA, PASSWORD, NOW);
    assert_eq!(sent(&letters), [(ADA, "confirm_address")]);
    let before = world.login(ADA, PASSWORD, NOW).unwrap();
    assert_eq!(
        (before.kind, before.is_confirmed),
        (Kind::Registration, false)
    );

    let user = world
        .at(NOW)
        .confirm(&token(&letters), &attempt(PASSWORD))
        .unwrap();
    assert_eq!((user.kind, user.is_confirmed), (Kind::User, true));
    assert_eq!(user.id, before.id, "its jobs stay");
    assert_eq!(world.login(ADA, PASSWORD, NOW), Ok(user.clone()));
    assert!(world.try_caller(&before, None).is_ok(), "so does its token");
    assert_eq!(
        (world.file.count("registrations"), world.file.count("links")),
        (0, 0)
    );
    world.at(NOW).deliver().unwrap();
    let published = world.redis.take();
    assert!(
        matches!(published.last(), Some(Published::To(id, to))
            if *id == user.id && to.is_confirmed && to.wants_mails && to.email == ADA),
        "{published:?}"
    );
}

#[test]
fn an_unconfirmed_address_gets_one_mail() {
    let world = World::new();
    assert_eq!(world.register(ADA, PASSWORD, NOW).len(), 1);
    for number in 1..=3 {
        let now = NOW + 600 * number;
        assert_eq!(
            world.register(
                "Ada@Example.com",
                &format!("{OTHER_PASSWORD} {number}"),
                now
            ),
            []
        );
        let account = world.login(ADA, PASSWORD, now).unwrap();
        world.at(now).send_confirmation(&account).unwrap();
        world.at(now).forgot(ADA).unwrap();
        assert_eq!(world.letters(now), []);
    }
    let account = world.login(ADA, PASSWORD, NOW + DAY - 1).unwrap();
    world.at(NOW + DAY - 1).send_confirmation(&account).unwrap();
    assert_eq!(world.letters(NOW + DAY - 1), []);
    world.at(NOW + DAY).send_confirmation(&account).unwrap();
    let again = world.letters(NOW + DAY);
    assert_eq!(sent(&again), [(ADA, "confirm_address")], "after a day");
}

#[test]
fn an_account_that_is_deleted_and_registered_again_gets_no_second_mail() {
    let world = World::new();
    world.register(ADA, PASSWORD, NOW);
    let account = world.login(ADA, PASSWORD, NOW).unwrap();
    let caller = world.caller(&account, None);
    world.at(NOW).delete(&caller, &attempt(PASSWORD)).unwrap();
    assert_eq!(world.letters(NOW), [], "not even about that");
    assert_eq!(world.register(ADA, PASSWORD, NOW), []);
}

#[test]
fn the_owner_of_a_mailbox_confirms_no_password_of_somebody_else() {
    let world = World::new();
    let letters = world.register(ADA, "password of a squatter", NOW);
    world.register(ADA, PASSWORD, NOW);
    let squatter = world.login(ADA, "password of a squatter", NOW).unwrap();

    // The link was sent for the address, so it works for the owner's registration as well.
    let user = world
        .at(NOW)
        .confirm(&token(&letters), &attempt(PASSWORD))
        .unwrap();
    assert_eq!(world.login(ADA, PASSWORD, NOW), Ok(user.clone()));
    assert_ne!(user.id, squatter.id);
    let still = world.login(ADA, "password of a squatter", NOW).unwrap();
    assert_eq!(
        (still.id, still.is_confirmed),
        (squatter.id, false),
        "and learns nothing"
    );
}

#[test]
fn a_wrong_password_leaves_the_link_good_for_ten_tries() {
    let world = World::new();
    let letters = world.register(ADA, PASSWORD, NOW);
    let token = token(&letters);
    let mut now = NOW;
    for _ in 0..9 {
        now += 600;
        let wrong = world.at(now).confirm(&token, &attempt("wrong horse"));
        assert_eq!(wrong.map(|_| ()), Err(AccountsError::PasswordWrong));
    }
    let other = World::new();
    let letters = other.register(ADA, PASSWORD, NOW);
    let good = crate::world::token(&letters);
    assert!(
        other
            .at(NOW)
            .confirm(&good, &attempt("wrong horse"))
            .is_err()
    );
    assert!(other.at(NOW).confirm(&good, &attempt(PASSWORD)).is_ok());

    now += 600;
    let last = world.at(now).confirm(&token, &attempt("wrong horse"));
    assert_eq!(last.map(|_| ()), Err(AccountsError::PasswordWrong));
    let right = world.at(now + 600).confirm(&token, &attempt(PASSWORD));
    assert_eq!(right.map(|_| ()), Err(AccountsError::LinkInvalid));
}

#[test]
fn strangers_who_guess_passwords_block_no_link() {
    let world = World::new();
    let token = token(&world.register(ADA, PASSWORD, NOW));
    while world.login(ADA, "wrong horse", NOW) == Err(AccountsError::Unauthorized) {}
    let login = world.login(ADA, PASSWORD, NOW);
    assert!(
        matches!(login, Err(AccountsError::Throttled(_))),
        "{login:?}"
    );
    let confirmed = world.at(NOW).confirm(&token, &attempt(PASSWORD));
    assert!(confirmed.unwrap().is_confirmed);
}

#[test]
fn the_link_outlives_the_registration_that_caused_it() {
    let world = World::new();
    let token = token(&world.register(ADA, OTHER_PASSWORD, NOW));
    let stranger = world.login(ADA, OTHER_PASSWORD, NOW).unwrap();
    let caller = world.caller(&stranger, None);
    world
        .at(NOW)
        .delete(&caller, &attempt(OTHER_PASSWORD))
        .unwrap();
    assert_eq!(world.register(ADA, PASSWORD, NOW), [], "one letter a day");
    let confirmed = world.at(NOW).confirm(&token, &attempt(PASSWORD));
    assert!(confirmed.unwrap().is_confirmed);
}

#[test]
fn a_link_that_was_used_or_is_late_does_nothing() {
    let world = World::new();
    let token = token(&world.register(ADA, PASSWORD, NOW));
    let late = world.at(NOW + DAY).confirm(&token, &attempt(PASSWORD));
    assert_eq!(late.map(|_| ()), Err(AccountsError::LinkInvalid));
    assert!(
        world
            .at(NOW + DAY - 1)
            .confirm(&token, &attempt(PASSWORD))
            .is_ok()
    );
    let again = world.at(NOW).confirm(&token, &attempt(PASSWORD));
    assert_eq!(again.map(|_| ()), Err(AccountsError::LinkInvalid));
    let reset = world
        .at(NOW)
        .reset(&token, OTHER_PASSWORD.to_owned().into());
    assert_eq!(
        reset.map(|_| ()),
        Err(AccountsError::LinkInvalid),
        "nor anything else"
    );
}

#[test]
fn the_newest_of_eight_registrations_makes_place_for_a_ninth() {
    let world = World::new();
    let password = |number| format!("{PASSWORD} {number}");
    let mut now = NOW;
    world.register(ADA, &password(0), now);
    for number in 1..=7 {
        now += HOUR_AND_MORE;
        world.register(ADA, &password(number), now);
    }
    let eighth = world.login(ADA, &password(7), now).unwrap();
    now += HOUR_AND_MORE;
    world.register(ADA, &password(8), now);
    assert_eq!(world.file.count("registrations"), 8);
    assert!(
        world
            .redis
            .take()
            .contains(&Published::Deleted(eighth.id.clone()))
    );
    assert_eq!(
        world.login(ADA, &password(7), now),
        Err(AccountsError::Unauthorized)
    );
    assert!(
        world.login(ADA, &password(0), now).is_ok(),
        "the first one stays"
    );
    let gone = world.try_caller(&eighth, None).map(|_| ());
    assert_eq!(gone, Err(AccountsError::TokenRevoked));
}

/// After which no failure is remembered.
const HOUR_AND_MORE: u64 = 3601;

#[test]
fn registrations_that_nobody_confirms_are_deleted_with_their_jobs() {
    let world = World::new();
    world.register(ADA, PASSWORD, NOW);
    let account = world.login(ADA, PASSWORD, NOW).unwrap();
    let swept = |now| world.at(now).sweep().map(|swept| swept.registrations);
    assert_eq!(swept(NOW + 7 * DAY - 1), Ok(0));
    assert_eq!(swept(NOW + 7 * DAY), Ok(1));
    world.at(NOW + 7 * DAY).deliver().unwrap();
    assert_eq!(
        world.redis.take().last(),
        Some(&Published::Deleted(account.id))
    );
    let login = world.login(ADA, PASSWORD, NOW + 7 * DAY);
    assert_eq!(login, Err(AccountsError::Unauthorized));
}

#[test]
fn an_unconfirmed_user_gives_way_to_whoever_confirms_the_address() {
    let mut world = World::new();
    world.rules.confirm_addresses = false;
    world
        .at(NOW)
        .register(credentials(ADA, "registered before"))
        .unwrap();
    let former = world.login(ADA, "registered before", NOW).unwrap();
    world.rules.confirm_addresses = true;

    let letters = world.register(ADA, PASSWORD, NOW);
    let user = world
        .at(NOW)
        .confirm(&token(&letters), &attempt(PASSWORD))
        .unwrap();
    world.at(NOW).deliver().unwrap();
    assert!(world.redis.take().contains(&Published::Deleted(former.id)));
    assert_eq!(world.login(ADA, PASSWORD, NOW), Ok(user));
    let login = world.login(ADA, "registered before", NOW);
    assert_eq!(login, Err(AccountsError::Unauthorized));
}

#[test]
fn an_unconfirmed_user_may_confirm_its_address() {
    let mut world = World::new();
    world.rules.confirm_addresses = false;
    world.at(NOW).register(credentials(ADA, PASSWORD)).unwrap();
    let account = world.login(ADA, PASSWORD, NOW).unwrap();
    world.rules.confirm_addresses = true;
    world.at(NOW).send_confirmation(&account).unwrap();
    let user = world
        .at(NOW)
        .confirm(&token(&world.letters(NOW)), &attempt(PASSWORD))
        .unwrap();
    assert_eq!((user.id, user.is_confirmed), (account.id, true));
}

#[test]
fn a_weak_letter_key_refuses_registrations_while_addresses_are_confirmed() {
    let mut world = World::new();
    world.rules.sealing_key = tonearm_letters::SealingKey::parse("short");
    let refused = world.at(NOW).register(credentials(ADA, PASSWORD));
    assert!(
        matches!(refused, Err(AccountsError::Letter(_))),
        "{refused:?}"
    );
    assert_eq!(world.file.count("registrations"), 0);
    world.rules.confirm_addresses = false;
    assert!(world.at(NOW).register(credentials(ADA, PASSWORD)).is_ok());
    let refused = world.at(NOW).forgot(ADA);
    assert!(
        matches!(refused, Err(AccountsError::Letter(_))),
        "{refused:?}"
    );
}
