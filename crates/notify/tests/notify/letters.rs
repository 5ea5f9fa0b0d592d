//! Letters.

use tonearm_jobs::{LetterId, Queue, Requeued};
use tonearm_letters::SealingKey;
use tonearm_test_tools::require_redis;

use crate::world::{ADDRESS, Answer, MAX_ATTEMPTS, TOKEN, World, key};

#[test]
fn a_posted_letter_is_sent_once_to_its_recipient() {
    let world = World::new(require_redis!());
    let id = world.post();
    world.drain_times(2);
    let received = world.received();
    let [mail] = received.as_slice() else {
        panic!("{received:?}");
    };
    assert_eq!(mail["to"], ADDRESS);
    assert_eq!(mail["idempotency_key"], format!("tonearm-letter-{id}"));
    let link = format!("https://tonearm.example/account/reset?token={TOKEN}");
    for body in ["text", "html"] {
        assert!(mail[body].as_str().unwrap().contains(&link), "{mail}");
    }
}

#[test]
fn a_sent_letter_leaves_nothing_in_redis() {
    let world = World::new(require_redis!());
    let id = world.post().to_string();
    assert!(world.all_of_redis().contains(&id));
    world.drain();
    let left = world.all_of_redis();
    assert!(!left.contains(&id), "{left}");
}

/// Neither do the address nor the event appear, in any state of the letter.
#[test]
fn redis_never_holds_the_token_of_a_link() {
    let world = World::new(require_redis!());
    let check = |when: &str| {
        let all = world.all_of_redis();
        for secret in [TOKEN, ADDRESS, "grace", "reset_password"] {
            assert!(!all.contains(secret), "{when}: {all}");
        }
    };
    let id = world.post();
    check("queued");
    world.api.answer.set(Answer::Status(503));
    world.drain();
    check("paused");
    world.drain_times(MAX_ATTEMPTS);
    assert_eq!(
        world
            .jobs
            .dead_letters(Queue::Letter, None, 9)
            .unwrap()
            .len(),
        1
    );
    check("a dead letter");
    world.api.answer.set(Answer::Status(200));
    assert_eq!(
        world.jobs.requeue(Queue::Letter, id).unwrap(),
        Requeued::Done
    );
    world.drain();
    check("sent");
    assert_eq!(world.counter("letters_sent"), 1);
}

#[test]
fn letters_are_retried_like_job_mails() {
    let world = World::new(require_redis!());
    let id = world.post();
    world.api.answer.set(Answer::Lost);
    world.drain_times(MAX_ATTEMPTS - 1);
    assert_eq!(world.counter("retries:letter:email_api_unavailable"), 2);
    world.api.answer.set(Answer::Status(200));
    world.drain();
    let received = world.received();
    assert_eq!(received.len() as u32, MAX_ATTEMPTS);
    for mail in &received {
        assert_eq!(mail, &received[0], "each attempt sends the same email");
    }
    let sent_key = format!("tonearm-letter-{id}");
    assert_eq!(received[0]["idempotency_key"], sent_key);
    assert_eq!(world.counter("letters_sent"), 1);
}

#[test]
fn a_letter_that_is_refused_or_given_up_is_a_dead_letter() {
    for (status, attempts, code) in [
        (400, 1, "email_rejected"),
        (503, MAX_ATTEMPTS, "email_gave_up"),
    ] {
        let world = World::new(require_redis!());
        let id = world.post();
        world.api.answer.set(Answer::Status(status));
        world.drain_times(MAX_ATTEMPTS + 1);
        assert_eq!(world.received().len() as u32, attempts);
        let dead = world.jobs.dead_letters(Queue::Letter, None, 9).unwrap();
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].id, dead[0].error.code.as_str()), (id, code));
        assert_eq!(world.counter(&format!("letters_failed:{code}")), 1);
    }
}

#[test]
fn an_attempt_is_not_used_up_without_a_key() {
    let mut world = World::new(require_redis!());
    world.post();
    for secret in ["", "k"] {
        world.settings.letter_key = SealingKey::parse(secret);
        world.drain_times(MAX_ATTEMPTS + 1);
    }
    assert_eq!(world.counter("attempts:letter"), 0);
    world.settings.letter_key = key("k");
    world.drain();
    assert_eq!(world.received().len(), 1);
}

/// A letter that was sealed with an earlier key opens again after a requeue with that key.
#[test]
fn a_letter_of_another_key_is_a_dead_letter_that_survives_a_rotation() {
    let mut world = World::new(require_redis!());
    let id = world.post();
    world.settings.letter_key = key("x");
    world.drain();
    assert!(world.received().is_empty());
    let dead = world.jobs.dead_letters(Queue::Letter, None, 9).unwrap();
    assert_eq!(dead[0].error.code, "letter_unreadable");
    world.settings.letter_key = key("k");
    assert_eq!(
        world.jobs.requeue(Queue::Letter, id).unwrap(),
        Requeued::Done
    );
    world.drain();
    assert_eq!(world.received().len(), 1);
}

#[test]
fn a_letter_whose_link_has_expired_is_dropped() {
    let world = World::new(require_redis!());
    let of_2024 = LetterId::parse("0192c1a0-7b1e-7c3d-8f00-0123456789ab").unwrap();
    world.post_as(of_2024);
    world.drain();
    assert!(world.received().is_empty());
    assert_eq!(world.counter("letters_failed:too_late"), 1);
    assert_eq!(world.jobs.dead_letters(Queue::Letter, None, 9).unwrap(), []);
    assert!(!world.all_of_redis().contains(&of_2024.to_string()));
}
