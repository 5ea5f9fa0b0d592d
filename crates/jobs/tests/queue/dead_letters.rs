//! Dead letters: listing, requeuing, discarding.

use std::time::Duration;

use crate::redis::{Connection, LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{
    Claim, Failure, Fence, Jobs, MailState, Outcome, Queue, Requeued, Retention, State,
};
use tonearm_test_tools::require_redis;

fn gave_up() -> Failure {
    Failure::new("gave_up", "Tried too often.")
}

/// A conversion that was given up, with its video kept for `keep`.
fn dead_conversion(jobs: &Jobs<Connection>, keep: Duration) -> Claim {
    accept(jobs, 1);
    let claimed = claim(jobs, Queue::Convert, LEASE);
    let fence = jobs.failed(&claimed, &gave_up(), &[], Some(keep)).unwrap();
    assert_eq!(fence, Fence::Held);
    claimed
}

/// Converts a job and claims its email.
fn convert(jobs: &Jobs<Connection>) -> Claim {
    let claimed = claim(jobs, Queue::Convert, LEASE);
    let blob = format!("mp3/{}/{}", claimed.job.id, claimed.attempt);
    jobs.stage(&[&blob], LEASE).unwrap();
    let mp3 = mp3(blob);
    let fence = jobs
        .converted(&claimed, &mp3, Retention::default())
        .unwrap();
    assert_eq!(fence, Fence::Held);
    claim(jobs, Queue::Notify, LEASE)
}

#[test]
fn a_requeued_conversion_is_repeated_with_an_email_of_its_own() {
    let server = require_redis!();
    let jobs = connect(&server);
    let old = dead_conversion(&jobs, LEASE);
    let id = old.job.id;
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Held);
    assert_eq!(jobs.active("u1").unwrap(), 0);

    assert_eq!(jobs.requeue(Queue::Convert, id).unwrap(), Requeued::Done);
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.mail), (State::Queued, None));
    assert_eq!(jobs.active("u1").unwrap(), 1);
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
    assert_eq!(jobs.dead_letters(Queue::Convert, None, 9).unwrap(), []);
    assert_eq!(
        jobs.requeue(Queue::Convert, id).unwrap(),
        Requeued::NoSuchLetter,
        "a second time"
    );

    let again = convert(&jobs);
    assert_eq!(
        again.job.requeues, 1,
        "distinguishes its email from the first"
    );
    assert_eq!((again.attempt, again.attempts_since_queued), (2, 1));
    assert_eq!(
        jobs.mailed(&mail, Ok(())).unwrap(),
        Fence::Lost,
        "the old one"
    );
    assert_eq!(jobs.mailed(&again, Ok(())).unwrap(), Fence::Held);
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!(
        (job.state, job.error, job.mail),
        (State::Done, None, Some(MailState::Sent))
    );
}

#[test]
fn after_a_requeue_attempt_numbers_continue_and_the_count_restarts() {
    let server = require_redis!();
    let jobs = connect(&server);
    let old = dead_conversion(&jobs, LEASE);
    assert_eq!((old.attempt, old.attempts_since_queued), (1, 1));
    jobs.requeue(Queue::Convert, old.job.id).unwrap();
    let new = claim(&jobs, Queue::Convert, NO_LEASE);
    assert_eq!((new.attempt, new.attempts_since_queued), (2, 1));
    let newer = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!((newer.attempt, newer.attempts_since_queued), (3, 2));
    for late in [&old, &new] {
        assert_eq!(jobs.renew(late, LEASE, 0.5).unwrap(), Fence::Lost);
    }
}

#[test]
fn requeuing_withdraws_the_email_about_the_failure() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = dead_conversion(&jobs, LEASE).job.id;
    let mail = claim(&jobs, Queue::Notify, LEASE);
    jobs.requeue(Queue::Convert, id).unwrap();
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Lost);
    assert!(
        jobs.claim(Queue::Notify, "worker", LEASE)
            .unwrap()
            .is_none()
    );
    let attempts = jobs.attempts(id).unwrap();
    assert_eq!(attempts[1].outcome, Some(Outcome::Superseded));
}

#[test]
fn a_conversion_without_its_video_is_not_requeued() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = dead_conversion(&jobs, NO_LEASE).job.id;
    assert_eq!(
        jobs.requeue(Queue::Convert, id).unwrap(),
        Requeued::VideoGone
    );
    for blob in jobs.expired_blobs(9).unwrap() {
        jobs.forget_blob(&blob).unwrap();
    }
    assert_eq!(
        jobs.requeue(Queue::Convert, id).unwrap(),
        Requeued::VideoGone
    );
    assert_eq!(jobs.get(id, "u1").unwrap().unwrap().state, State::Failed);
}

#[test]
fn a_requeued_email_is_sent_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let mail = convert(&jobs);
    let id = mail.job.id;
    assert_eq!(jobs.mailed(&mail, Err(&gave_up())).unwrap(), Fence::Held);
    assert_eq!(
        jobs.requeue(Queue::Convert, id).unwrap(),
        Requeued::NoSuchLetter,
        "the conversion is no dead letter"
    );
    assert_eq!(jobs.requeue(Queue::Notify, id).unwrap(), Requeued::Done);
    let again = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!((again.attempt, again.attempts_since_queued), (2, 1));
    assert_eq!(jobs.mailed(&again, Ok(())).unwrap(), Fence::Held);
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.mail), (State::Done, Some(MailState::Sent)));
}

#[test]
fn discarding_a_dead_letter_expires_its_video() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = dead_conversion(&jobs, LEASE).job.id;
    assert!(!jobs.discard_dead(Queue::Notify, id).unwrap());
    assert!(jobs.discard_dead(Queue::Convert, id).unwrap());
    assert!(!jobs.discard_dead(Queue::Convert, id).unwrap());
    assert_eq!(jobs.expired_blobs(9).unwrap(), [format!("video/{id}")]);
    assert_eq!(jobs.get(id, "u1").unwrap().unwrap().state, State::Failed);
}

#[test]
fn deleting_a_job_deletes_its_dead_letters() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = dead_conversion(&jobs, LEASE).job.id;
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(jobs.mailed(&mail, Err(&gave_up())).unwrap(), Fence::Held);
    assert!(jobs.delete(id, "u1").unwrap());
    for queue in [Queue::Convert, Queue::Notify] {
        assert_eq!(jobs.dead_letters(queue, None, 9).unwrap(), []);
        assert_eq!(jobs.requeue(queue, id).unwrap(), Requeued::NoSuchLetter);
    }
    assert_eq!(jobs.attempts(id).unwrap(), []);
}

#[test]
fn dead_letters_are_newest_first_and_paged() {
    let server = require_redis!();
    let jobs = connect(&server);
    let mut ids: Vec<_> = (0..5)
        .map(|_| dead_conversion(&jobs, LEASE).job.id)
        .collect();
    ids.reverse();
    let first = jobs.dead_letters(Queue::Convert, None, 3).unwrap();
    let rest = jobs
        .dead_letters(Queue::Convert, Some(&first[2].entry), 3)
        .unwrap();
    let listed: Vec<_> = first.iter().chain(&rest).map(|one| one.id).collect();
    assert_eq!(listed, ids);
}

#[test]
fn a_dead_letter_names_its_job_and_error() {
    let server = require_redis!();
    let jobs = connect(&server);
    let claim = dead_conversion(&jobs, LEASE);
    let letters = jobs.dead_letters(Queue::Convert, None, 9).unwrap();
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    let kept = letter.kept_until_ms.unwrap() - letter.died_ms;
    assert!(Duration::from_millis(kept) <= LEASE);
    assert_eq!((letter.id, letter.attempts), (claim.job.id, 1));
    assert_eq!(letter.error, gave_up());
    assert_eq!(letter.name, "talk.mp4");
    assert_eq!(letter.username, "ada@example.org");
}
