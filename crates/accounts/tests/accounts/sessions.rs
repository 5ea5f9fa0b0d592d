//! Sessions of browsers.

use tonearm_accounts::AccountsError;

use crate::NOW;
use crate::world::{ADA, DAY, OTHER_PASSWORD, PASSWORD, Published, World};

#[test]
fn a_session_lasts_while_it_is_used_and_not_for_ever() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let session = world.at(NOW).begin_session(&user, "Firefox").unwrap();
    assert_eq!(session.expires_at, NOW + 14 * DAY);
    let caller = world.caller(&user, Some(&session.id));
    for day in (10..90).step_by(10) {
        let renewed = world.at(NOW + day * DAY).renew_session(&caller).unwrap();
        assert_eq!(renewed.id, session.id);
        assert_eq!(renewed.expires_at, NOW + (day + 14).min(90) * DAY);
    }
    let end = world.at(NOW + 90 * DAY).renew_session(&caller);
    assert_eq!(end, Err(AccountsError::TokenRevoked));
}

#[test]
fn an_unused_session_ends() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let session = world.at(NOW).begin_session(&user, "Firefox").unwrap();
    let caller = world.caller(&user, Some(&session.id));
    let late = world.at(NOW + 14 * DAY).renew_session(&caller);
    assert_eq!(late, Err(AccountsError::TokenRevoked));
    assert_eq!(world.at(NOW + 14 * DAY).sessions(&user), Ok(vec![]));
    world
        .at(NOW + 14 * DAY)
        .begin_session(&user, "Firefox")
        .unwrap();
    assert_eq!(world.file.count("sessions"), 1);
}

#[test]
fn an_ended_session_has_no_token() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let [one, two] =
        ["Firefox", "Chrome"].map(|agent| world.at(NOW).begin_session(&user, agent).unwrap());
    world.at(NOW).end_session(&user, &one.id).unwrap();
    assert_eq!(
        world.redis.take(),
        [Published::Ended(user.id.clone(), one.id.clone())]
    );
    assert!(world.try_caller(&user, Some(&one.id)).is_err());
    assert!(world.try_caller(&user, Some(&two.id)).is_ok());
    assert!(world.try_caller(&user, None).is_ok());
    let again = world.at(NOW).end_session(&user, &one.id);
    assert_eq!(again, Err(AccountsError::SessionUnknown));
}

#[test]
fn sessions_are_those_of_the_account() {
    let world = World::new();
    let ada = world.user(ADA, PASSWORD);
    let eve = world.user("eve@example.com", OTHER_PASSWORD);
    let session = world.at(NOW).begin_session(&ada, &"ä".repeat(300)).unwrap();
    assert_eq!(session.user_agent.chars().count(), 200);
    assert_eq!(world.at(NOW).sessions(&ada), Ok(vec![session.clone()]));
    assert_eq!(world.at(NOW).sessions(&eve), Ok(vec![]));
    let foreign = world.at(NOW).end_session(&eve, &session.id);
    assert_eq!(foreign, Err(AccountsError::SessionUnknown));
    assert!(world.try_caller(&eve, Some(&session.id)).is_err());
}

#[test]
fn of_too_many_sessions_the_one_used_longest_ago_ends() {
    let world = World::new();
    let user = world.user(ADA, PASSWORD);
    let begin = |second| {
        world
            .at(NOW + second)
            .begin_session(&user, "Firefox")
            .unwrap()
    };
    let first = begin(0);
    let second = begin(1);
    for number in 2..20 {
        begin(number);
    }
    let caller = world.caller(&user, Some(&first.id));
    world.at(NOW + 20).renew_session(&caller).unwrap();
    begin(21);
    assert_eq!(world.file.count("sessions"), 20);
    world.at(NOW + 21).deliver().unwrap();
    assert_eq!(
        world.redis.take(),
        [Published::Ended(user.id.clone(), second.id.clone())]
    );
    assert!(world.try_caller(&user, Some(&first.id)).is_ok());
    assert!(world.try_caller(&user, Some(&second.id)).is_err());
}
