//! Accepting uploads.

use crate::redis::{LEASE, NO_LEASE, accept, connect, file, uploader};
use tonearm_jobs::{Accepted, Queue, State};
use tonearm_test_tools::require_redis;

#[test]
fn accepted_files_are_queued_in_order() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = accept(&jobs, 3);
    for file in &files {
        let claim = jobs
            .claim(Queue::Convert, "worker", LEASE)
            .unwrap()
            .unwrap();
        assert_eq!(claim.job.id, file.id);
        assert_eq!(claim.attempt, 1);
        assert_eq!(claim.job.state, State::Converting);
        assert_eq!(claim.job.video_blob.as_deref(), Some(file.blob.as_str()));
    }
    assert!(
        jobs.claim(Queue::Convert, "worker", LEASE)
            .unwrap()
            .is_none()
    );
}

#[test]
fn no_file_is_accepted_beyond_the_limit_of_active_jobs() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 2);
    let files = [file(), file()];
    jobs.stage(&[&files[0].blob, &files[1].blob], LEASE)
        .unwrap();
    assert_eq!(
        jobs.accept(&uploader(), &files, 3).unwrap(),
        Accepted::TooManyActive
    );
    assert_eq!(jobs.active("u1").unwrap(), 2);
    assert!(jobs.get(files[0].id, "u1").unwrap().is_none());
    assert_eq!(jobs.accept(&uploader(), &files, 4).unwrap(), Accepted::All);
}

#[test]
fn an_upload_that_may_have_expired_is_not_accepted() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = [file(), file()];
    jobs.stage(&[&files[0].blob], LEASE).unwrap();
    assert_eq!(
        jobs.accept(&uploader(), &files, 9).unwrap(),
        Accepted::TooLate
    );
    jobs.stage(&[&files[1].blob], NO_LEASE).unwrap();
    assert_eq!(
        jobs.accept(&uploader(), &files, 9).unwrap(),
        Accepted::TooLate
    );
    assert_eq!(server.connect().keys(), ["tonearm:garbage"]);
}

#[test]
fn an_upload_whose_reply_was_lost_is_accepted_once() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = accept(&jobs, 2);
    // Even if a worker has claimed it, and no further job would be accepted.
    let claim = jobs
        .claim(Queue::Convert, "worker", LEASE)
        .unwrap()
        .unwrap();
    let again = jobs.accept(&uploader(), &files, 2).unwrap();
    assert_eq!(again, Accepted::All);
    let job = jobs.get(claim.job.id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.attempt), (State::Converting, 1));
    let redis = server.connect();
    assert_eq!(redis.count("XLEN", "tonearm:queue:video"), 2);
}

#[test]
fn another_users_job_looks_missing() {
    let server = require_redis!();
    let jobs = connect(&server);
    let files = accept(&jobs, 1);
    assert!(jobs.get(files[0].id, "u1").unwrap().is_some());
    assert!(jobs.get(files[0].id, "u2").unwrap().is_none());
    assert!(jobs.get(file().id, "u1").unwrap().is_none());
}

#[test]
fn lists_are_newest_first_and_paged() {
    let server = require_redis!();
    let jobs = connect(&server);
    let mut ids: Vec<_> = accept(&jobs, 5).iter().map(|file| file.id).collect();
    ids.reverse();
    let page = |before, most| -> Vec<_> {
        jobs.list("u1", before, most)
            .unwrap()
            .iter()
            .map(|job| job.id)
            .collect()
    };
    assert_eq!(page(None, 2), ids[..2]);
    assert_eq!(page(Some(ids[1]), 2), ids[2..4]);
    assert_eq!(page(Some(ids[3]), 2), ids[4..]);
    assert_eq!(jobs.list("u2", None, 9).unwrap(), []);
}
