//! Joining partial uploads.

use tonearm_jobs::{Concatenated, Concatenation, Queue, State, UploadClaim, UploadKind};
use tonearm_test_tools::require_redis;

use super::*;
use crate::redis::{RedisServer, claim as claim_work, connect};

/// A complete partial upload.
fn complete(server: &RedisServer, length: u64) -> JobId {
    let jobs = connect(server);
    let id = create_partial(&jobs, length);
    stop_at(&jobs, &claim(&jobs, id, 0), length);
    id
}

fn concatenate(server: &RedisServer, upload: &NewUpload, partials: &[JobId]) -> Concatenated {
    let jobs = connect(server);
    let final_blob = blob(upload.id, 0);
    jobs.stage(&[&final_blob], LEASE).unwrap();
    let parts: Vec<_> = partials.iter().map(|id| blob(*id, 0)).collect();
    let concatenation = Concatenation {
        upload,
        partials,
        blob: &final_blob,
        parts: &parts,
    };
    jobs.concatenate(&uploader(), &concatenation, DAY).unwrap()
}

#[test]
fn complete_partial_uploads_become_one_job() {
    let server = require_redis!();
    let jobs = connect(&server);
    let partials = [complete(&server, 40), complete(&server, 60)];
    assert!(matches!(
        try_claim(&jobs, partials[0], 40),
        UploadClaim::Complete(_)
    ));
    assert_eq!(jobs.active("u1").unwrap(), 2);
    let new = new_upload(100);
    // The reply was lost, and the call is repeated.
    for _ in 0..2 {
        let joined = concatenate(&server, &new, &partials);
        assert!(matches!(joined, Concatenated::Until(_)), "{joined:?}");
        jobs.forget_blob(&blob(new.id, 0)).unwrap();
    }
    let job = jobs.get(new.id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.bytes), (State::Queued, 100));
    let upload = get(&jobs, new.id);
    assert_eq!(upload.kind, UploadKind::Final(partials.to_vec()));
    assert_eq!((upload.offset, upload.is_done), (100, true));
    assert_eq!(try_claim(&jobs, new.id, 100), UploadClaim::Final);
    assert_eq!(jobs.active("u1").unwrap(), 1);

    // The partial ones have ended, and are a part of this one alone.
    for id in partials {
        assert_eq!(jobs.upload(id, "u1").unwrap(), None);
        assert_eq!(try_claim(&jobs, id, 0), UploadClaim::Missing);
        assert_eq!(jobs.final_upload_of(id, "u1").unwrap(), Some(new.id));
        assert_eq!(jobs.final_upload_of(id, "u2").unwrap(), None);
        assert!(!jobs.delete_upload(id, "u1").unwrap());
    }
    let another = concatenate(&server, &new_upload(40), &partials[..1]);
    assert_eq!(another, Concatenated::PartGone);

    assert_eq!(claim_work(&jobs, Queue::Convert, LEASE).job.id, new.id);
    assert!(jobs.delete(new.id, "u1").unwrap());
    let expired = jobs.expired_blobs(9).unwrap();
    for id in partials {
        assert!(expired.contains(&blob(id, 0)), "{expired:?}");
    }
}

#[test]
fn only_complete_partial_uploads_of_the_user_are_joined() {
    let server = require_redis!();
    let jobs = connect(&server);
    let good = complete(&server, 40);
    let unfinished = create_partial(&jobs, 60);
    stop_at(&jobs, &claim(&jobs, unfinished, 0), 59);
    let whole = create(&jobs, 60);
    let mut others = uploader();
    others.owner = "u2".to_owned();
    let mut new = new_upload(60);
    new.is_partial = true;
    jobs.create_upload(&others, &new, MANY, DAY).unwrap();
    for bad in [unfinished, whole, new.id, JobId::generate()] {
        let joined = concatenate(&server, &new_upload(100), &[good, bad]);
        assert_eq!(joined, Concatenated::PartGone, "{bad}");
    }
    assert_eq!(get(&jobs, good).offset, 40);
}

#[test]
fn a_concatenation_is_garbage_if_a_blob_may_be_gone() {
    let server = require_redis!();
    let jobs = connect(&server);
    let partial = complete(&server, 40);
    jobs.forget_blob(&blob(partial, 0)).unwrap();
    let new = new_upload(40);
    assert_eq!(
        concatenate(&server, &new, &[partial]),
        Concatenated::TooLate
    );
    assert!(jobs.get(new.id, "u1").unwrap().is_none());
}
