//! Litter is remembered until it is swept.

use crate::redis::{LEASE, NO_LEASE, connect};
use tonearm_test_tools::require_redis;

#[test]
fn staged_blobs_become_litter_in_time() {
    let server = require_redis!();
    let jobs = connect(&server);
    jobs.stage(&["video/a"], LEASE).unwrap();
    jobs.stage(&["video/b"], NO_LEASE).unwrap();
    assert_eq!(jobs.expired_blobs(9).unwrap(), ["video/b"]);
    assert_eq!(
        jobs.expired_blobs(9).unwrap(),
        ["video/b"],
        "until it is swept"
    );
    jobs.forget_blob("video/b").unwrap();
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
}

#[test]
fn staging_again_gives_more_time() {
    let server = require_redis!();
    let jobs = connect(&server);
    jobs.stage(&["video/a"], NO_LEASE).unwrap();
    jobs.stage(&["video/a"], LEASE).unwrap();
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
}
