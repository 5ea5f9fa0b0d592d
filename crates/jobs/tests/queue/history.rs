//! The history of a job.

use crate::redis::{LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Failure, Fence, Kind, Outcome, Queue, Retention};
use tonearm_test_tools::require_redis;

fn failure() -> Failure {
    Failure::new(
        "files_unavailable",
        "The \"file store\" could not be reached.",
    )
}

#[test]
fn the_history_has_the_worker_and_the_outcome_of_each_attempt() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    assert_eq!(jobs.attempts(id).unwrap(), []);

    jobs.claim(Queue::Convert, "converter-1", NO_LEASE).unwrap();
    let second = jobs.claim(Queue::Convert, "converter-2", LEASE).unwrap();
    let fence = jobs.retry_later(&second.unwrap(), &failure(), NO_LEASE);
    assert_eq!(fence.unwrap(), Fence::Held);
    let third = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    let fence = jobs.converted(&third, &mp3, Retention::default());
    assert_eq!(fence.unwrap(), Fence::Held);
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(jobs.mailed(&mail, Err(&failure())).unwrap(), Fence::Held);

    let attempts = jobs.attempts(id).unwrap();
    let summary: Vec<_> = attempts
        .iter()
        .map(|one| (one.kind, one.number, one.outcome, one.error()))
        .collect();
    assert_eq!(
        summary,
        [
            (Kind::Convert, 1, Some(Outcome::LeaseExpired), None),
            (Kind::Convert, 2, Some(Outcome::Retrying), Some(failure())),
            (Kind::Convert, 3, Some(Outcome::Succeeded), None),
            (Kind::Mail, 1, Some(Outcome::Failed), Some(failure())),
        ]
    );
    assert_eq!(attempts[0].worker, "converter-1");
    assert_eq!(attempts[1].worker, "converter-2");
    for attempt in &attempts {
        assert!(attempt.ended_ms.unwrap() >= attempt.started_ms);
    }
}

#[test]
fn a_running_attempt_has_no_outcome_yet() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    claim(&jobs, Queue::Convert, LEASE);
    let attempts = jobs.attempts(id).unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].outcome, attempts[0].ended_ms), (None, None));
}

#[test]
fn a_late_worker_changes_no_history() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let late = claim(&jobs, Queue::Convert, NO_LEASE);
    claim(&jobs, Queue::Convert, LEASE);
    let before = jobs.attempts(id).unwrap();
    assert_eq!(
        jobs.failed(&late, &failure(), &[], None).unwrap(),
        Fence::Lost
    );
    let fence = jobs.retry_later(&late, &failure(), NO_LEASE).unwrap();
    assert_eq!(fence, Fence::Lost);
    assert_eq!(jobs.attempts(id).unwrap(), before);
}

#[test]
fn only_the_last_attempts_are_kept() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    for _ in 0..25 {
        claim(&jobs, Queue::Convert, NO_LEASE);
    }
    let numbers: Vec<_> = jobs
        .attempts(id)
        .unwrap()
        .iter()
        .map(|one| one.number)
        .collect();
    assert_eq!(numbers, (6..=25).collect::<Vec<_>>());
}

#[test]
fn a_failed_attempt_keeps_its_error_and_times() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let first = claim(&jobs, Queue::Convert, LEASE);
    let fence = jobs.retry_later(&first, &failure(), NO_LEASE).unwrap();
    assert_eq!(fence, Fence::Held);
    claim(&jobs, Queue::Convert, LEASE);
    let attempts = jobs.attempts(id).unwrap();
    let [failed, running] = attempts.as_slice() else {
        panic!("{attempts:?}");
    };
    assert_eq!((failed.kind, failed.number), (Kind::Convert, 1));
    assert_eq!(failed.outcome, Some(Outcome::Retrying));
    assert_eq!(failed.error(), Some(failure()));
    assert!(failed.ended_ms.unwrap() >= failed.started_ms);
    assert_eq!((running.kind, running.number), (Kind::Convert, 2));
    assert_eq!((running.outcome, running.ended_ms), (None, None));
    assert_eq!((running.error(), running.worker.as_str()), (None, "worker"));
}
