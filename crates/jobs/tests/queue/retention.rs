//! How long files are kept.

use crate::redis::{Connection, LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Fence, Job, Jobs, Queue, Retention};
use tonearm_test_tools::require_redis;

/// A job converted under `retention`.
fn converted(jobs: &Jobs<Connection>, retention: Retention) -> Job {
    let id = accept(jobs, 1)[0].id;
    let claimed = claim(jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    let fence = jobs.converted(&claimed, &mp3, retention).unwrap();
    assert_eq!(fence, Fence::Held);
    jobs.get(id, "u1").unwrap().unwrap()
}

#[test]
fn a_converted_video_expires_at_once_and_its_mp3_does_not() {
    let server = require_redis!();
    let jobs = connect(&server);
    let job = converted(&jobs, Retention::default());
    assert_eq!(
        jobs.expired_blobs(9).unwrap(),
        [format!("video/{}", job.id)]
    );
    assert!(!job.mp3_expired(u64::MAX));
    server.connect().expire_all("tonearm:garbage");
    assert_eq!(
        jobs.expired_blobs(9).unwrap(),
        [format!("video/{}", job.id)]
    );
}

#[test]
fn a_video_can_be_kept_for_some_time() {
    let server = require_redis!();
    let jobs = connect(&server);
    let retention = Retention {
        video: LEASE,
        mp3: None,
    };
    let job = converted(&jobs, retention);
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
    assert!(jobs.delete(job.id, "u1").unwrap());
    let expired = jobs.expired_blobs(9).unwrap();
    assert!(
        expired.contains(&format!("video/{}", job.id)),
        "{expired:?}"
    );
}

#[test]
fn an_mp3_expires_after_its_retention() {
    let server = require_redis!();
    let jobs = connect(&server);
    let retention = Retention {
        video: NO_LEASE,
        mp3: Some(LEASE),
    };
    let job = converted(&jobs, retention);
    let expires = job.mp3_expires_ms.unwrap();
    assert!(!job.mp3_expired(expires - 1));
    assert!(job.mp3_expired(expires));
    assert!(!jobs.expired_blobs(9).unwrap().contains(&"mp3/a".to_owned()));
    server.connect().expire_all("tonearm:garbage");
    assert!(jobs.expired_blobs(9).unwrap().contains(&"mp3/a".to_owned()));
}
