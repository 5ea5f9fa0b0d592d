//! Deleting a job in any state.

use crate::redis::{LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Fence, Queue, Retention};
use tonearm_test_tools::require_redis;

#[test]
fn a_queued_job_is_deleted() {
    let server = require_redis!();
    let jobs = connect(&server);
    let file = accept(&jobs, 1).remove(0);
    assert!(!jobs.delete(file.id, "u2").unwrap(), "somebody else's");
    assert!(jobs.delete(file.id, "u1").unwrap());
    assert!(!jobs.delete(file.id, "u1").unwrap(), "a second time");
    assert!(
        jobs.claim(Queue::Convert, "worker", LEASE)
            .unwrap()
            .is_none()
    );
    assert_eq!(jobs.expired_blobs(9).unwrap(), [file.blob]);
}

#[test]
fn a_worker_loses_its_claim_on_a_deleted_job() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    assert!(jobs.delete(claimed.job.id, "u1").unwrap());
    assert_eq!(jobs.renew(&claimed, LEASE, 0.5).unwrap(), Fence::Lost);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&claimed, &mp3, Retention::default())
            .unwrap(),
        Fence::Lost
    );
    let keys = server.connect().keys();
    // An emptied stream keeps its consumer group and so its key.
    assert_eq!(
        keys,
        [
            "tonearm:garbage",
            "tonearm:metrics",
            "tonearm:owner:u1:gone",
            "tonearm:queue:video"
        ]
    );
}

#[test]
fn deleting_a_done_job_deletes_its_email_and_its_mp3() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&claimed, &mp3, Retention::default())
            .unwrap(),
        Fence::Held
    );
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert!(jobs.delete(claimed.job.id, "u1").unwrap());
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Lost);
    assert!(
        jobs.claim(Queue::Notify, "worker", LEASE)
            .unwrap()
            .is_none()
    );
    assert!(jobs.expired_blobs(9).unwrap().contains(&"mp3/a".to_owned()));
    assert_eq!(jobs.list("u1", None, 9).unwrap(), []);
}
