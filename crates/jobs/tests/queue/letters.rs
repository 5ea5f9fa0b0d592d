//! Letters: posted, claimed, sent, given up; and nothing is left of them.

use std::time::Duration;

use crate::redis::{Connection, LEASE, NO_LEASE, accept, claim, connect};
use tonearm_jobs::{
    Failure, Fence, Jobs, LetterClaim, LetterEnd, LetterId, Queue, QueueGauges, Redis, Requeued,
};
use tonearm_test_tools::require_redis;

const SEALED: &str = "sealed-letter";

fn post(jobs: &Jobs<Connection>) -> LetterId {
    let id = LetterId::generate();
    assert!(jobs.post_letter(id, SEALED).unwrap());
    id
}

fn claim_letter(jobs: &Jobs<Connection>, lease: Duration) -> LetterClaim {
    jobs.claim_letter(lease).unwrap().expect("a letter is due")
}

fn rejected() -> Failure {
    Failure::new("email_rejected", "The email could not be sent.")
}

/// A letter that was given up.
fn dead(jobs: &Jobs<Connection>) -> LetterClaim {
    post(jobs);
    let claim = claim_letter(jobs, LEASE);
    let fence = jobs.letter_ended(&claim, Err(&rejected())).unwrap();
    assert_eq!(fence, Fence::Held);
    claim
}

/// All keys of letters but the empty stream, and all entries of the streams.
fn left(redis: &Connection) -> Vec<String> {
    let mut left = Vec::new();
    for pattern in ["tonearm:letter:*", "tonearm:queue:letter:leases"] {
        let keys = redis.run("KEYS", &[pattern]).unwrap();
        left.extend(keys.iter().filter_map(tonearm_jobs::Value::text));
    }
    for stream in ["tonearm:queue:letter", "tonearm:queue:letter:dead"] {
        let entries = redis.run("XRANGE", &[stream, "-", "+"]).unwrap();
        left.extend(entries.iter().filter_map(tonearm_jobs::Value::text));
    }
    left
}

fn gauges(jobs: &Jobs<Connection>) -> QueueGauges {
    let queues = jobs.metrics().unwrap().queues;
    queues.into_iter().find(|q| q.queue == "letter").unwrap()
}

#[test]
fn a_letter_leaves_nothing_in_redis() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    for end in [LetterEnd::Sent, LetterEnd::TooLate] {
        post(&jobs);
        let claim = claim_letter(&jobs, LEASE);
        assert_eq!(claim.sealed, SEALED);
        assert!(!left(&redis).is_empty());
        assert_eq!(jobs.letter_ended(&claim, Ok(end)).unwrap(), Fence::Held);
        assert_eq!(left(&redis), Vec::<String>::new(), "{end:?}");
    }
    let id = dead(&jobs).id;
    assert!(jobs.discard_dead(Queue::Letter, id).unwrap());
    assert_eq!(left(&redis), Vec::<String>::new(), "discarded");
}

#[test]
fn a_letter_is_posted_once_however_often_the_call_is_repeated() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = post(&jobs);
    assert!(!jobs.post_letter(id, SEALED).unwrap(), "queued");
    let claim = claim_letter(&jobs, LEASE);
    assert!(!jobs.post_letter(id, SEALED).unwrap(), "claimed");
    assert_eq!(jobs.claim_letter(LEASE).unwrap(), None);
    let fence = jobs.letter_ended(&claim, Err(&rejected())).unwrap();
    assert_eq!(fence, Fence::Held);
    assert!(!jobs.post_letter(id, SEALED).unwrap(), "given up");
    assert_eq!(jobs.claim_letter(LEASE).unwrap(), None);
}

#[test]
fn letters_are_claimed_in_order_under_leases_that_expire() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (first, second) = (post(&jobs), post(&jobs));
    let late = claim_letter(&jobs, NO_LEASE);
    let again = claim_letter(&jobs, LEASE);
    assert_eq!((late.id, late.attempt), (first, 1));
    assert_eq!((again.id, again.attempt), (first, 2));
    assert_eq!(again.attempts_since_queued, 2);
    assert_eq!(claim_letter(&jobs, LEASE).id, second);
    assert_eq!(jobs.claim_letter(LEASE).unwrap(), None);

    let sent = Ok(LetterEnd::Sent);
    assert_eq!(jobs.letter_ended(&late, sent).unwrap(), Fence::Lost);
    assert_eq!(
        jobs.retry_letter_later(&late, &rejected(), NO_LEASE)
            .unwrap(),
        Fence::Lost
    );
    assert_eq!(jobs.letter_ended(&again, sent).unwrap(), Fence::Held);
    assert_eq!(jobs.letter_ended(&again, sent).unwrap(), Fence::Lost);
}

#[test]
fn a_claim_on_a_sent_letter_does_not_end_one_that_is_posted_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = post(&jobs);
    let old = claim_letter(&jobs, LEASE);
    let sent = Ok(LetterEnd::Sent);
    assert_eq!(jobs.letter_ended(&old, sent).unwrap(), Fence::Held);
    assert!(jobs.post_letter(id, SEALED).unwrap());
    let new = claim_letter(&jobs, LEASE);
    assert_eq!((old.id, old.attempt), (new.id, new.attempt));
    assert_eq!(jobs.letter_ended(&old, sent).unwrap(), Fence::Lost);
    assert_eq!(jobs.letter_ended(&new, sent).unwrap(), Fence::Held);
}

#[test]
fn a_paused_letter_is_due_again_after_its_pause() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    post(&jobs);
    let claim = claim_letter(&jobs, LEASE);
    let fence = jobs.retry_letter_later(&claim, &rejected(), LEASE).unwrap();
    assert_eq!(fence, Fence::Held);
    assert_eq!(jobs.claim_letter(LEASE).unwrap(), None);
    assert_eq!((gauges(&jobs).length, gauges(&jobs).in_flight), (1, 0));
    redis.expire_all("tonearm:queue:letter:leases");
    let again = claim_letter(&jobs, LEASE);
    assert_eq!((again.attempt, again.sealed.as_str()), (2, SEALED));
}

#[test]
fn a_dead_letter_of_a_letter_holds_its_id_code_and_error_only() {
    let server = require_redis!();
    let jobs = connect(&server);
    let claim = dead(&jobs);
    let letters = jobs.dead_letters(Queue::Letter, None, 9).unwrap();
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!((letter.id, letter.attempts), (claim.id, 1));
    assert_eq!(letter.error, rejected());
    assert_eq!((letter.name.as_str(), letter.username.as_str()), ("", ""));
    let kept = letter.kept_until_ms.unwrap() - letter.died_ms;
    let week = 7 * 24 * 3600 * 1000;
    assert!((week - 60_000..=week).contains(&kept), "{kept}");
    assert_eq!(jobs.dead_letters(Queue::Notify, None, 9).unwrap(), []);
    assert_eq!(gauges(&jobs).dead, 1);
}

#[test]
fn a_requeued_letter_is_sent_again_and_its_count_restarts() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = dead(&jobs).id;
    for queue in [Queue::Notify, Queue::Convert] {
        assert_eq!(jobs.requeue(queue, id).unwrap(), Requeued::NoSuchLetter);
        assert!(!jobs.discard_dead(queue, id).unwrap());
    }
    assert_eq!(jobs.requeue(Queue::Letter, id).unwrap(), Requeued::Done);
    assert_eq!(
        jobs.requeue(Queue::Letter, id).unwrap(),
        Requeued::NoSuchLetter
    );
    assert!(!jobs.discard_dead(Queue::Letter, id).unwrap());
    assert_eq!(jobs.dead_letters(Queue::Letter, None, 9).unwrap(), []);
    let again = claim_letter(&jobs, LEASE);
    assert_eq!((again.attempt, again.attempts_since_queued), (2, 1));
    assert_eq!(again.sealed, SEALED);
    let fence = jobs.letter_ended(&again, Ok(LetterEnd::Sent)).unwrap();
    assert_eq!(fence, Fence::Held);
    assert_eq!(left(&redis), Vec::<String>::new());
}

#[test]
fn letters_are_kept_for_seven_days_queued_or_dead() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let letter = |id| format!("tonearm:letter:{id}");
    let days = |id| {
        let ttl = redis.run("TTL", &[&letter(id)]).unwrap();
        ttl[0].int().unwrap() as f64 / 86_400.0
    };
    let old = dead(&jobs).id;
    let queued = post(&jobs);
    assert!((6.9..=7.0).contains(&days(old)));
    assert!((6.9..=7.0).contains(&days(queued)));

    // Redis expires the hashes; their entries of a week ago go with the next call.
    for (stream, id) in [
        ("tonearm:queue:letter:dead", old),
        ("tonearm:queue:letter", queued),
    ] {
        redis.run("DEL", &[stream, &letter(id)]).unwrap();
        redis
            .run("XADD", &[stream, "1000-0", "id", &id.to_string()])
            .unwrap();
    }
    redis
        .run("ZADD", &["tonearm:queue:letter:leases", "1", "1000-0"])
        .unwrap();
    let gauges = gauges(&jobs);
    assert_eq!((gauges.length, gauges.dead, gauges.oldest_ms), (0, 0, 0));
    assert_eq!(left(&redis), Vec::<String>::new());
}

#[test]
fn an_expired_letter_is_not_claimed() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = post(&jobs);
    redis
        .run("DEL", &[&format!("tonearm:letter:{id}")])
        .unwrap();
    let other = post(&jobs);
    assert_eq!(claim_letter(&jobs, LEASE).id, other);
    assert_eq!(gauges(&jobs).length, 1);
}

#[test]
fn due_letters_notify_the_workers_of_emails() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    assert!(!jobs.notify_if_due(Queue::Letter).unwrap());
    post(&jobs);
    assert!(!jobs.notify_if_due(Queue::Convert).unwrap());
    assert!(jobs.notify_if_due(Queue::Letter).unwrap());
    assert!(!jobs.notify_if_due(Queue::Letter).unwrap(), "once a second");
    assert!(
        jobs.notify_if_due(Queue::Notify).unwrap(),
        "includes letters"
    );
    claim_letter(&jobs, LEASE);
    for queue in ["letter", "mp3"] {
        let key = format!("tonearm:queue:{queue}:last_notified");
        redis.run("DEL", &[&key]).unwrap();
    }
    assert!(!jobs.notify_if_due(Queue::Letter).unwrap(), "leased");
    assert!(!jobs.notify_if_due(Queue::Notify).unwrap(), "leased");
}

#[test]
fn letters_and_emails_about_jobs_are_claimed_apart() {
    let server = require_redis!();
    let jobs = connect(&server);
    post(&jobs);
    accept(&jobs, 1);
    assert_eq!(jobs.claim(Queue::Letter, "worker", LEASE).unwrap(), None);
    assert_eq!(jobs.claim(Queue::Notify, "worker", LEASE).unwrap(), None);
    claim(&jobs, Queue::Convert, LEASE);
    claim_letter(&jobs, LEASE);
}

#[test]
fn each_step_of_a_letter_is_counted() {
    let server = require_redis!();
    let jobs = connect(&server);
    post(&jobs);
    claim_letter(&jobs, NO_LEASE);
    let paused = claim_letter(&jobs, LEASE);
    let unavailable = Failure::new("email_api_unavailable", "X.");
    let fence = jobs.retry_letter_later(&paused, &unavailable, NO_LEASE);
    assert_eq!(fence.unwrap(), Fence::Held);
    let sent = claim_letter(&jobs, LEASE);
    let fence = jobs.letter_ended(&sent, Ok(LetterEnd::Sent)).unwrap();
    assert_eq!(fence, Fence::Held);
    post(&jobs);
    let late = claim_letter(&jobs, LEASE);
    let fence = jobs.letter_ended(&late, Ok(LetterEnd::TooLate)).unwrap();
    assert_eq!(fence, Fence::Held);
    let id = dead(&jobs).id;
    jobs.requeue(Queue::Letter, id).unwrap();
    let counters = jobs.metrics().unwrap().counters;
    let counters: Vec<_> = counters
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let expected = [
        ("attempts:letter", 5),
        ("leases_expired:letter", 1),
        ("letters_failed:email_rejected", 1),
        ("letters_failed:too_late", 1),
        ("letters_sent", 1),
        ("requeues:letter", 1),
        ("retries:letter:email_api_unavailable", 1),
    ];
    assert_eq!(counters, expected);
}
