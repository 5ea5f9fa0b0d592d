//! The jobs of accounts that are deleted.

use std::time::Duration;

use crate::redis::{Connection, LEASE, RedisServer, accept, claim, connect, file, mp3, uploader};
use tonearm_account_state::AccountState;
use tonearm_jobs::{Accepted, Failure, Fence, Jobs, Queue, Retention};
use tonearm_test_tools::require_redis;

const DAY: Duration = Duration::from_secs(86_400);

fn delete_account(server: &RedisServer) {
    let state = AccountState::new(server.connect());
    state.delete("u1", DAY).unwrap();
}

/// Jobs of `u1` in many states: queued, converting, split, done, failed, given up, with an
/// email that is pending, being sent, or a dead letter.
fn jobs_in_many_states(jobs: &Jobs<Connection>) {
    let failure = Failure::new("x", "X.");
    accept(jobs, 3);
    accept(jobs, 6);
    for _ in 0..2 {
        let claimed = claim(jobs, Queue::Convert, LEASE);
        let blob = format!("mp3/{}", claimed.job.id);
        jobs.stage(&[&blob], LEASE).unwrap();
        let fence = jobs.converted(&claimed, &mp3(blob), Retention::default());
        assert_eq!(fence.unwrap(), Fence::Held);
    }
    for keep in [None, Some(LEASE)] {
        let claimed = claim(jobs, Queue::Convert, LEASE);
        assert_eq!(
            jobs.failed(&claimed, &failure, &[], keep).unwrap(),
            Fence::Held
        );
    }
    let split = claim(jobs, Queue::Convert, LEASE);
    let specs = ["one".to_owned(), "two".to_owned()];
    assert_eq!(jobs.split(&split, "", &specs).unwrap(), Fence::Held);
    let segment = jobs.claim_segment("worker", LEASE).unwrap().unwrap();
    jobs.stage(&["mp3/part"], LEASE).unwrap();
    let _ = jobs.segment_done(&segment, "mp3/part", "part").unwrap();
    claim(jobs, Queue::Convert, LEASE);
    let mail = claim(jobs, Queue::Notify, LEASE);
    assert_eq!(jobs.mailed(&mail, Err(&failure)).unwrap(), Fence::Held);
}

#[test]
fn the_jobs_of_a_deleted_account_are_deleted() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    jobs_in_many_states(&jobs);
    let mut others = uploader();
    others.owner = "u2".to_owned();
    let kept = file();
    jobs.stage(&[&kept.blob], LEASE).unwrap();
    let accepted = jobs.accept(&others, std::slice::from_ref(&kept), 9);
    assert_eq!(accepted.unwrap(), Accepted::All);
    assert_eq!(jobs.delete_of_deleted_accounts(9).unwrap(), 0);

    delete_account(&server);
    assert_eq!(jobs.delete_of_deleted_accounts(4).unwrap(), 4);
    assert_eq!(jobs.delete_of_deleted_accounts(9).unwrap(), 5);
    assert_eq!(jobs.delete_of_deleted_accounts(9).unwrap(), 0);
    assert!(jobs.get(kept.id, "u2").unwrap().is_some());
    assert!(jobs.delete(kept.id, "u2").unwrap());

    for key in redis.keys() {
        match redis.texts("TYPE", &[&key])[0].as_str() {
            "stream" => assert_eq!(redis.count("XLEN", &key), 0, "{key}"),
            _ => assert!(
                [
                    "tonearm:metrics",
                    "tonearm:garbage",
                    "tonearm:account:u1",
                    "tonearm:owner:u2:gone"
                ]
                .contains(&&*key),
                "{key}"
            ),
        }
    }
    let account = redis.texts("HGETALL", &["tonearm:account:u1"]);
    assert_eq!(account, ["deleted", "1"]);
    assert!(redis.count("TTL", "tonearm:account:u1") > 0);
    // Whatever was kept for an operator expires as well.
    assert_eq!(jobs.expired_blobs(99).unwrap().len(), 13);
}

#[test]
fn two_sweeps_at_once_delete_each_job_once() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 60);
    delete_account(&server);
    let sweep = || {
        let jobs = connect(&server);
        let deleted = (0..40).map(|_| jobs.delete_of_deleted_accounts(1).unwrap());
        deleted.sum::<u64>()
    };
    let deleted = std::thread::scope(|scope| {
        let sweeps = [scope.spawn(sweep), scope.spawn(sweep)];
        sweeps.map(|sweep| sweep.join().unwrap())
    });
    assert_eq!(deleted.iter().sum::<u64>(), 60, "{deleted:?}");
    let redis = server.connect();
    assert_eq!(redis.count("SCARD", "tonearm:deleted_accounts"), 0);
}

#[test]
fn an_account_without_jobs_leaves_the_set() {
    let server = require_redis!();
    let jobs = connect(&server);
    delete_account(&server);
    assert_eq!(jobs.delete_of_deleted_accounts(1).unwrap(), 0);
    let redis = server.connect();
    assert_eq!(redis.count("SCARD", "tonearm:deleted_accounts"), 0);
}

#[test]
fn no_file_of_a_deleted_account_is_accepted() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = accept(&jobs, 1);
    delete_account(&server);
    let again = jobs.accept(&uploader(), &files, 9).unwrap();
    assert_eq!(again, Accepted::All, "the first reply was lost");
    let new = file();
    jobs.stage(&[&new.blob], LEASE).unwrap();
    let accepted = jobs.accept(&uploader(), &[new], 9).unwrap();
    assert_eq!(accepted, Accepted::NoSuchOwner);
    assert_eq!(jobs.active("u1").unwrap(), 1);
}
