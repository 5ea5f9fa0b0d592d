//! Claims, leases and the fence.

use crate::redis::{LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Failure, Fence, Queue, Retention, State};
use tonearm_test_tools::require_redis;

#[test]
fn a_leased_entry_is_not_claimed_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    claim(&jobs, Queue::Convert, LEASE);
    for _ in 0..100 {
        assert!(
            jobs.claim(Queue::Convert, "other", LEASE)
                .unwrap()
                .is_none()
        );
    }
}

#[test]
fn an_expired_lease_is_claimed_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let first = claim(&jobs, Queue::Convert, NO_LEASE);
    let second = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!((first.attempt, second.attempt), (1, 2));
    assert_eq!(first.job.id, second.job.id);
}

#[test]
fn a_late_worker_is_fenced_off() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let late = claim(&jobs, Queue::Convert, NO_LEASE);
    let current = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a", "mp3/b"], LEASE).unwrap();
    let failure = Failure::new("x", "X.");
    assert_eq!(jobs.renew(&late, LEASE, 0.5).unwrap(), Fence::Lost);
    assert_eq!(
        jobs.converted(&late, &mp3("mp3/a"), Retention::default())
            .unwrap(),
        Fence::Lost
    );
    assert_eq!(
        jobs.failed(&late, &failure, &[], None).unwrap(),
        Fence::Lost
    );
    assert_eq!(
        jobs.retry_later(&late, &failure, LEASE).unwrap(),
        Fence::Lost
    );
    assert_eq!(
        jobs.converted(&current, &mp3("mp3/b"), Retention::default())
            .unwrap(),
        Fence::Held
    );
    let job = jobs.get(current.job.id, "u1").unwrap().unwrap();
    assert_eq!(job.mp3, Some(mp3("mp3/b")));
    // Once the work is done, its own worker is late as well.
    assert_eq!(
        jobs.converted(&current, &mp3("mp3/a"), Retention::default())
            .unwrap(),
        Fence::Lost
    );
    assert_eq!(jobs.renew(&current, LEASE, 0.5).unwrap(), Fence::Lost);
}

#[test]
fn renewing_extends_the_lease_and_sets_the_progress() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, NO_LEASE);
    assert_eq!(jobs.renew(&claimed, LEASE, 0.25).unwrap(), Fence::Held);
    assert!(
        jobs.claim(Queue::Convert, "other", LEASE)
            .unwrap()
            .is_none()
    );
    let job = jobs.get(claimed.job.id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.progress), (State::Converting, 0.25));
}

#[test]
fn attempts_that_end_at_one_place_are_counted() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    // Each attempt ends in a trap or a kill: its lease expires.
    let deaths = |place: Option<u64>| {
        let claim = claim(&jobs, Queue::Convert, NO_LEASE);
        if let Some(place) = place {
            assert_eq!(jobs.set_place(&claim, place).unwrap(), Fence::Held);
        }
        claim.deaths_at_one_place
    };
    assert_eq!(deaths(Some(1)), 0);
    assert_eq!(deaths(Some(7)), 1);
    assert_eq!(deaths(Some(7)), 1, "the first place was another one");
    assert_eq!(deaths(None), 2);
    assert_eq!(deaths(Some(7)), 0, "the attempt before recorded no place");
    let failed = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(failed.deaths_at_one_place, 1);
    let failure = Failure::new("x", "X.");
    assert_eq!(jobs.set_place(&failed, 7).unwrap(), Fence::Held);
    let retried = jobs.retry_later(&failed, &failure, NO_LEASE).unwrap();
    assert_eq!(retried, Fence::Held);
    assert_eq!(deaths(Some(7)), 0, "the attempt before had an outcome");
}

#[test]
fn a_retry_is_due_after_its_pause_with_the_next_attempt() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let first = claim(&jobs, Queue::Convert, LEASE);
    let failure = Failure::new("store_unavailable", "The file store was away.");
    assert_eq!(
        jobs.retry_later(&first, &failure, LEASE).unwrap(),
        Fence::Held
    );
    assert!(
        jobs.claim(Queue::Convert, "worker", LEASE)
            .unwrap()
            .is_none()
    );
    let job = jobs.get(first.job.id, "u1").unwrap().unwrap();
    assert_eq!(
        (job.state, job.error),
        (State::Queued, Some(failure.clone()))
    );

    accept(&jobs, 1);
    let other = claim(&jobs, Queue::Convert, LEASE);
    assert_ne!(
        other.job.id, first.job.id,
        "a pausing entry delays no other"
    );
    assert_eq!(
        jobs.retry_later(&other, &failure, NO_LEASE).unwrap(),
        Fence::Held
    );
    let again = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!((again.job.id, again.attempt), (other.job.id, 2));
}

#[test]
fn a_result_that_may_have_expired_is_rejected() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(
        jobs.converted(&claimed, &mp3("mp3/a"), Retention::default())
            .unwrap(),
        Fence::Lost
    );
    jobs.stage(&["mp3/a"], NO_LEASE).unwrap();
    assert_eq!(
        jobs.converted(&claimed, &mp3("mp3/a"), Retention::default())
            .unwrap(),
        Fence::Lost
    );
}
