//! Expired blobs stay listed until they are deleted.

use crate::redis::{LEASE, NO_LEASE, connect};
use tonearm_test_tools::require_redis;

#[test]
fn staged_blobs_expire() {
    let server = require_redis!();
    let jobs = connect(&server);
    jobs.stage(&["video/a"], LEASE).unwrap();
    jobs.stage(&["video/b"], NO_LEASE).unwrap();
    assert_eq!(jobs.expired_blobs(9).unwrap(), ["video/b"]);
    assert_eq!(
        jobs.expired_blobs(9).unwrap(),
        ["video/b"],
        "until it is forgotten"
    );
    jobs.forget_blob("video/b").unwrap();
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
}

#[test]
fn staging_again_extends_the_lifetime() {
    let server = require_redis!();
    let jobs = connect(&server);
    jobs.stage(&["video/a"], NO_LEASE).unwrap();
    jobs.stage(&["video/a"], LEASE).unwrap();
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
}
