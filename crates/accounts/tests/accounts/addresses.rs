//! Changing the address.

use tonearm_accounts::AccountsError;

use crate::world::{ADA, DAY, OTHER_PASSWORD, PASSWORD, Published, World, attempt, sent, token};
use crate::{NOW, credentials};

const NEW: &str = "ada@new.example";

#[test]
fn a_new_address_counts_once_its_link_is_followed() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    world.at(NOW).begin_session(&user, "Firefox").unwrap();
    let caller = world.caller(&user, None);
    world
        .at(NOW)
        .change_address(&caller, &attempt(PASSWORD), NEW)
        .unwrap();
    let letters = world.letters(NOW);
    assert_eq!(sent(&letters), [(NEW, "confirm_new_address")]);
    assert_eq!(world.login(ADA, PASSWORD, NOW), Ok(user.clone()));
    assert!(world.login(NEW, PASSWORD, NOW).is_err());

    world.redis.take();
    let moved = world.at(NOW).confirm_new_address(&token(&letters)).unwrap();
    assert_eq!(
        (moved.id.as_str(), moved.email.as_str()),
        (user.id.as_str(), NEW)
    );
    let login = world.login(NEW, PASSWORD, NOW).unwrap();
    assert_eq!((login.id.as_str(), login.version), (user.id.as_str(), 2));
    assert_eq!(
        world.login(ADA, PASSWORD, NOW),
        Err(AccountsError::Unauthorized)
    );
    assert!(world.try_caller(&user, None).is_err());
    assert_eq!(world.file.count("sessions"), 0);
    assert_eq!(sent(&world.letters(NOW)), [(ADA, "address_changed")]);
    let published = world.redis.take();
    assert_eq!(published[0], Published::Revoked(user.id.clone(), 1));
    assert!(
        published
            .iter()
            .any(|p| matches!(p, Published::To(_, to) if to.email == NEW))
    );
    let again = world
        .at(NOW)
        .confirm_new_address(&token(&letters))
        .map(|_| ());
    assert_eq!(again, Err(AccountsError::LinkInvalid));
}

#[test]
fn a_link_to_a_new_address_works_for_a_day() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    world
        .at(NOW)
        .change_address(&caller, &attempt(PASSWORD), NEW)
        .unwrap();
    let link = token(&world.letters(NOW));
    let late = world.at(NOW + DAY).confirm_new_address(&link).map(|_| ());
    assert_eq!(late, Err(AccountsError::LinkInvalid));
    assert!(world.at(NOW + DAY - 1).confirm_new_address(&link).is_ok());
}

#[test]
fn nobody_learns_whether_the_new_address_is_taken() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    world.user("taken@example.com", OTHER_PASSWORD);
    let caller = world.caller(&user, None);
    let change = |email: &str| {
        let before = tonearm_accounts::hashes_computed();
        let answer = world
            .at(NOW)
            .change_address(&caller, &attempt(PASSWORD), email);
        let hashes = tonearm_accounts::hashes_computed() - before;
        (answer.map(|_| ()), hashes, world.at(NOW).deliver().unwrap())
    };
    assert_eq!(change(NEW), change("taken@example.com"));
    let letters = world.redis.take_letters();
    assert_eq!(
        sent(&letters),
        [
            (NEW, "confirm_new_address"),
            ("taken@example.com", "address_taken")
        ]
    );
}

#[test]
fn an_address_that_was_taken_meanwhile_stays_with_its_user() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    world
        .at(NOW)
        .change_address(&caller, &attempt(PASSWORD), NEW)
        .unwrap();
    let link = token(&world.letters(NOW));
    let owner = world.user(NEW, OTHER_PASSWORD);
    let moved = world.at(NOW).confirm_new_address(&link).map(|_| ());
    assert_eq!(moved, Err(AccountsError::EmailTaken));
    assert_eq!(world.login(NEW, OTHER_PASSWORD, NOW), Ok(owner));
}

#[test]
fn registrations_of_the_new_address_keep_working_beside_its_user() {
    for registers_first in [true, false] {
        let world = World::new();
        let user = world.user(ADA, PASSWORD);
        let caller = world.caller(&user, None);
        if registers_first {
            world.register(NEW, OTHER_PASSWORD, NOW);
        }
        world
            .at(NOW)
            .change_address(&caller, &attempt(PASSWORD), NEW)
            .unwrap();
        let link = token(&world.letters(NOW));
        if !registers_first {
            world.register(NEW, OTHER_PASSWORD, NOW);
        }
        world.at(NOW).confirm_new_address(&link).unwrap();
        let before = tonearm_accounts::hashes_computed();
        assert_eq!(world.login(NEW, PASSWORD, NOW).unwrap().id, user.id);
        assert!(!world.login(NEW, OTHER_PASSWORD, NOW).unwrap().is_confirmed);
        assert_eq!(tonearm_accounts::hashes_computed() - before, 2);
    }
}

#[test]
fn an_account_causes_five_such_letters_a_day() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    let change = |number, now| {
        let email = format!("stranger{number}@example.com");
        world
            .at(now)
            .change_address(&caller, &attempt(PASSWORD), &email)
            .map(|_| ())
    };
    for number in 0..5 {
        assert_eq!(change(number, NOW), Ok(()));
    }
    assert_eq!(change(5, NOW), Err(AccountsError::LettersThrottled(DAY)));
    assert_eq!(world.letters(NOW).len(), 5);
    assert_eq!(change(6, NOW + DAY), Ok(()));
}

#[test]
fn an_unconfirmed_user_may_move_where_confirmation_is_off() {
    let mut world = World::new();
    world.rules.confirm_addresses = false;
    world.at(NOW).register(credentials(ADA, PASSWORD)).unwrap();
    let user = world.login(ADA, PASSWORD, NOW).unwrap();
    let caller = world.caller(&user, None);
    world
        .at(NOW)
        .change_address(&caller, &attempt(PASSWORD), NEW)
        .unwrap();
    let moved = world
        .at(NOW)
        .confirm_new_address(&token(&world.letters(NOW)))
        .unwrap();
    assert!(moved.is_confirmed);
    assert_eq!(
        world.letters(NOW),
        [],
        "nobody has confirmed the former address"
    );
}

#[test]
fn mails_about_jobs_can_be_turned_off_and_on() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    for wanted in [false, true] {
        let changed = world.at(NOW).set_mails(&user, wanted).unwrap();
        assert_eq!(changed.wants_mails, wanted);
        assert_eq!(world.login(ADA, PASSWORD, NOW), Ok(changed));
        world.at(NOW).deliver().unwrap();
        let published = world.redis.take();
        assert!(
            matches!(published.as_slice(), [Published::To(_, to)] if to.wants_mails == wanted),
            "{published:?}"
        );
    }
}
