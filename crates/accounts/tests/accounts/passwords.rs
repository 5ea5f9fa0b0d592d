//! Choosing, forgetting and changing passwords.

use tonearm_accounts::{AccountsError, Database};

use crate::world::{
    ADA, DAY, HOUR, OTHER_PASSWORD, PASSWORD, Published, World, attempt, sent, token,
};
use crate::{NOW, credentials};

#[test]
fn weak_passwords_are_refused_wherever_one_is_chosen() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    world.at(NOW).forgot(ADA).unwrap();
    let link = token(&world.letters(NOW));
    let weak = [
        "password", "12345678", "tonearm1", "aaaaaaaa", "        ", ADA, "ääää", "😀😀",
    ];
    for password in weak {
        let registered = world.at(NOW).register(credentials(ADA, password));
        assert!(
            matches!(registered, Err(AccountsError::Password(_))),
            "{password}"
        );
        let changed =
            world
                .at(NOW)
                .change_password(&caller, &attempt(PASSWORD), password.to_owned().into());
        assert!(
            matches!(changed, Err(AccountsError::NewPassword(_))),
            "{password}"
        );
        let reset = world.at(NOW).reset(&link, password.to_owned().into());
        assert!(
            matches!(reset, Err(AccountsError::Password(_))),
            "{password}"
        );
    }
    assert!(
        world
            .redis
            .take()
            .iter()
            .all(|p| !matches!(p, Published::Revoked(..)))
    );
    assert!(
        world
            .at(NOW)
            .reset(&link, OTHER_PASSWORD.to_owned().into())
            .is_ok()
    );
}

#[test]
fn a_password_logs_in_in_either_form() {
    let (composed, decomposed) = ("pässwörter", "pa\u{308}sswo\u{308}rter");
    for (registered, other) in [(composed, decomposed), (decomposed, composed)] {
        let world = World::new();
        let user = world.user(ADA, registered);
        assert_eq!(world.login(ADA, registered, NOW), Ok(user.clone()));
        assert_eq!(world.login(ADA, other, NOW), Ok(user));
    }
}

#[test]
fn a_changed_password_voids_all_tokens_and_ends_the_other_sessions() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let own = world.at(NOW).begin_session(&user, "Firefox").unwrap();
    let other = world.at(NOW).begin_session(&user, "curl").unwrap();
    let caller = world.caller(&user, Some(&own.id));
    let new = OTHER_PASSWORD.to_owned().into();
    let changed = world
        .at(NOW)
        .change_password(&caller, &attempt(PASSWORD), new)
        .unwrap();

    assert_eq!(changed.version, user.version + 2);
    assert_eq!(
        world.redis.take()[0],
        Published::Revoked(user.id.clone(), user.version + 1)
    );
    for session in [None, Some(own.id.as_str()), Some(other.id.as_str())] {
        let old = world.try_caller(&user, session).map(|_| ());
        assert_eq!(old, Err(AccountsError::TokenRevoked));
    }
    assert!(world.try_caller(&changed, Some(&own.id)).is_ok());
    assert!(world.try_caller(&changed, Some(&other.id)).is_err());
    assert_eq!(
        world.login(ADA, PASSWORD, NOW),
        Err(AccountsError::Unauthorized)
    );
    assert_eq!(world.login(ADA, OTHER_PASSWORD, NOW), Ok(changed));
    assert_eq!(sent(&world.letters(NOW)), [(ADA, "password_changed")]);
}

#[test]
fn every_check_of_a_password_is_throttled() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    let at = world.at(NOW);
    let wrong = attempt("wrong horse");
    let wrong_ones = [
        at.delete(&caller, &wrong),
        at.change_password(&caller, &wrong, OTHER_PASSWORD.to_owned().into())
            .map(|_| ()),
        at.change_address(&caller, &wrong, "new@example.com")
            .map(|_| ()),
        at.delete(&caller, &wrong),
        at.delete(&caller, &wrong),
    ];
    assert_eq!(wrong_ones, [const { Err(AccountsError::PasswordWrong) }; 5]);
    let right = attempt(PASSWORD);
    let blocked = [
        at.delete(&caller, &right),
        at.change_password(&caller, &right, OTHER_PASSWORD.to_owned().into())
            .map(|_| ()),
        at.change_address(&caller, &right, "new@example.com")
            .map(|_| ()),
    ];
    assert_eq!(blocked, [const { Err(AccountsError::Throttled(1)) }; 3]);
    assert_eq!(world.redis.take(), [], "nothing was revoked");
    let login = world.login(ADA, PASSWORD, NOW);
    assert!(login.is_ok(), "logins are throttled apart: {login:?}");
}

#[test]
fn strangers_do_not_keep_an_owner_who_is_logged_in_from_changing_the_account() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    while world.login(ADA, "wrong horse", NOW) == Err(AccountsError::Unauthorized) {}
    assert!(matches!(
        world.login(ADA, PASSWORD, NOW),
        Err(AccountsError::Throttled(_))
    ));
    let new = OTHER_PASSWORD.to_owned().into();
    let changed = world
        .at(NOW)
        .change_password(&caller, &attempt(PASSWORD), new);
    assert!(changed.is_ok(), "{changed:?}");
}

#[test]
fn a_forgotten_password_is_reset_by_the_link() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    world.at(NOW).begin_session(&user, "Firefox").unwrap();
    world.at(NOW).forgot("ADA@example.com").unwrap();
    let letters = world.letters(NOW);
    assert_eq!(sent(&letters), [(ADA, "reset_password")]);
    for _ in 0..6 {
        let _ = world.login(ADA, "wrong horse", NOW);
    }
    let link = token(&letters);
    let reset = world
        .at(NOW)
        .reset(&link, OTHER_PASSWORD.to_owned().into())
        .unwrap();
    assert_eq!(reset.id, user.id);
    assert_eq!(
        world.login(ADA, OTHER_PASSWORD, NOW).unwrap().version,
        user.version + 2
    );
    assert_eq!(world.file.count("sessions"), 0);
    assert!(world.try_caller(&user, None).is_err());
    assert_eq!(sent(&world.letters(NOW)), [(ADA, "password_changed")]);
    let again = world.at(NOW).reset(&link, PASSWORD.to_owned().into());
    assert_eq!(again.map(|_| ()), Err(AccountsError::LinkInvalid));
}

#[test]
fn a_link_that_resets_works_for_an_hour_and_is_sent_three_times() {
    let world = World::new();
    world.user(ADA, PASSWORD);
    let mut links = Vec::new();
    for second in 0..5 {
        world.at(NOW + second).forgot(ADA).unwrap();
        links.extend(world.letters(NOW + second));
    }
    assert_eq!(links.len(), 3);
    let late = world
        .at(NOW + HOUR)
        .reset(&token(&links[..1]), OTHER_PASSWORD.to_owned().into());
    assert_eq!(late.map(|_| ()), Err(AccountsError::LinkInvalid));
    let good = world
        .at(NOW + HOUR)
        .reset(&token(&links[1..2]), OTHER_PASSWORD.to_owned().into());
    assert!(good.is_ok());
    let other = world
        .at(NOW + HOUR)
        .reset(&token(&links[2..]), PASSWORD.to_owned().into());
    assert_eq!(
        other.map(|_| ()),
        Err(AccountsError::LinkInvalid),
        "one reset voids the others"
    );
    assert_eq!(
        sent(&world.letters(NOW + HOUR)),
        [(ADA, "password_changed")]
    );
    world.at(NOW + HOUR + 60).forgot(ADA).unwrap();
    assert_eq!(world.letters(NOW + HOUR + 60).len(), 1);
}

#[test]
fn a_changed_password_voids_the_links_of_whoever_knew_the_former() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let caller = world.caller(&user, None);
    let at = world.at(NOW);
    at.change_address(&caller, &attempt(PASSWORD), "thief@example.com")
        .unwrap();
    let stolen = token(&world.letters(NOW));
    at.forgot(ADA).unwrap();
    let link = token(&world.letters(NOW));
    at.reset(&link, OTHER_PASSWORD.to_owned().into()).unwrap();
    let moved = at.confirm_new_address(&stolen).map(|_| ());
    assert_eq!(moved, Err(AccountsError::LinkInvalid));
}

#[test]
fn nothing_changes_while_redis_is_away() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let at = world.at(NOW);
    at.forgot(ADA).unwrap();
    let reset = token(&world.letters(NOW));
    let caller = world.caller(&user, None);
    at.change_address(&caller, &attempt(PASSWORD), "new@example.com")
        .unwrap();
    let new_address = token(&world.letters(NOW));
    let session = at.begin_session(&user, "Firefox").unwrap();

    world.redis.is_away.set(true);
    let new = || OTHER_PASSWORD.to_owned().into();
    let done = [
        at.change_password(&caller, &attempt(PASSWORD), new())
            .map(|_| ()),
        at.reset(&reset, new()).map(|_| ()),
        at.confirm_new_address(&new_address).map(|_| ()),
        at.sign_out_everywhere(&user),
        at.delete(&caller, &attempt(PASSWORD)),
        at.end_session(&user, &session.id),
    ];
    for done in done {
        assert!(matches!(done, Err(AccountsError::Publish(_))), "{done:?}");
    }
    assert_eq!(world.login(ADA, PASSWORD, NOW).unwrap().id, user.id);
    assert_eq!(world.file.count("sessions"), 1);

    world.redis.is_away.set(false);
    // The links still work. The version was raised, so a new login is needed for the rest.
    assert!(at.reset(&reset, new()).is_ok());
    let user = world.login(ADA, OTHER_PASSWORD, NOW).unwrap();
    let caller = world.caller(&user, None);
    assert_eq!(at.delete(&caller, &attempt(OTHER_PASSWORD)), Ok(()));
}

#[test]
fn of_two_changes_at_once_one_wins() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let (first, second) = (world.caller(&user, None), world.caller(&user, None));
    let change = |caller, new: &str| {
        let new = new.to_owned().into();
        world
            .at(NOW)
            .change_password(caller, &attempt(PASSWORD), new)
            .map(|_| ())
    };
    assert_eq!(change(&first, OTHER_PASSWORD), Ok(()));
    assert_eq!(
        change(&second, "third password"),
        Err(AccountsError::PasswordWrong)
    );
    assert!(world.login(ADA, OTHER_PASSWORD, NOW).is_ok());
}

#[test]
fn signing_out_everywhere_voids_all_tokens_and_sessions() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let session = world.at(NOW).begin_session(&user, "Firefox").unwrap();
    world.at(NOW).sign_out_everywhere(&user).unwrap();
    assert_eq!(world.redis.take(), [Published::Revoked(user.id.clone(), 1)]);
    assert!(world.try_caller(&user, None).is_err());
    assert!(world.try_caller(&user, Some(&session.id)).is_err());
    let user = world.login(ADA, PASSWORD, NOW + DAY).unwrap();
    assert!(world.try_caller(&user, None).is_ok());
}

#[test]
fn tokens_of_the_release_before_are_of_version_zero() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let mut claims = crate::world::claims(&user, None);
    claims.version = None;
    let of = |claims: &tonearm_tokens::Claims| {
        tonearm_accounts::Caller::of(&world.file, claims.clone(), NOW).map(|_| ())
    };
    assert_eq!(of(&claims), Ok(()));
    world.at(NOW).sign_out_everywhere(&user).unwrap();
    assert_eq!(of(&claims), Err(AccountsError::TokenRevoked));
    world.file.execute("DELETE FROM users", &[]).unwrap();
    assert_eq!(of(&claims), Err(AccountsError::TokenRevoked));
}
