//! Creating and writing.

use tonearm_jobs::{CreatedUpload, Finished, JobId, UploadClaim, UploadKind};
use tonearm_test_tools::require_redis;

use super::*;
use crate::redis::{NO_LEASE, accept, connect, file};

#[test]
fn an_upload_is_what_its_client_created() {
    let server = require_redis!();
    let jobs = connect(&server);
    let new = new_upload(100);
    let created = jobs.create_upload(&uploader(), &new, MANY, DAY).unwrap();
    let upload = get(&jobs, new.id);
    assert_eq!(created, CreatedUpload::Until(upload.expires_ms));
    assert_eq!((upload.offset, upload.length), (0, 100));
    assert_eq!((&upload.name, &upload.metadata), (&new.name, &new.metadata));
    assert_eq!(
        (upload.kind.clone(), upload.is_done),
        (UploadKind::Whole, false)
    );
    assert_eq!(jobs.uploads("u1").unwrap(), [upload]);
}

#[test]
fn an_upload_whose_reply_was_lost_is_created_once() {
    let server = require_redis!();
    let jobs = connect(&server);
    let new = new_upload(100);
    for _ in 0..2 {
        let created = jobs.create_upload(&uploader(), &new, 1, DAY).unwrap();
        assert!(matches!(created, CreatedUpload::Until(_)));
    }
    assert_eq!(jobs.uploads("u1").unwrap().len(), 1);
}

#[test]
fn another_users_upload_looks_missing() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = create(&jobs, 100);
    assert_eq!(jobs.upload(id, "u2").unwrap(), None);
    assert_eq!(jobs.uploads("u2").unwrap(), []);
    assert!(!jobs.delete_upload(id, "u2").unwrap());
    for (id, owner) in [(id, "u2"), (JobId::generate(), "u1")] {
        let claim = jobs.claim_upload(id, owner, 0, LEASE, DAY).unwrap();
        assert_eq!(claim, UploadClaim::Missing);
    }
    assert_eq!(get(&jobs, id).epoch, 0);
}

#[test]
fn uploads_and_unfinished_jobs_share_one_limit() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let id = create(&jobs, 100);
    assert_eq!(jobs.active("u1").unwrap(), 2);
    let refused = jobs.create_upload(&uploader(), &new_upload(1), 2, DAY);
    assert_eq!(refused.unwrap(), CreatedUpload::TooManyActive);
    let third = file();
    jobs.stage(&[&third.blob], LEASE).unwrap();
    let refused = jobs.accept(&uploader(), &[third], 2).unwrap();
    assert_eq!(refused, tonearm_jobs::Accepted::TooManyActive);

    // The upload holds the place of its job.
    let writer = claim(&jobs, id, 0);
    let finished = jobs.finish_upload(writer.fence(), &blob(id, 0), &[], DAY);
    assert_eq!(finished.unwrap(), Finished::Done);
    assert_eq!(jobs.active("u1").unwrap(), 2);
    let refused = jobs.create_upload(&uploader(), &new_upload(1), 2, DAY);
    assert_eq!(refused.unwrap(), CreatedUpload::TooManyActive);
}

#[test]
fn a_writer_continues_where_the_checkpoint_is() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = create(&jobs, 100);
    let first = claim(&jobs, id, 0);
    assert_eq!((first.piece, first.writer.as_str()), (0, ""));
    checkpoint(&jobs, &first, 10);
    stop_at(&jobs, &first, 30);
    assert_eq!(get(&jobs, id).offset, 30);
    assert_eq!(try_claim(&jobs, id, 10), UploadClaim::WrongOffset(30));

    let second = claim(&jobs, id, 30);
    assert_eq!(second.piece, 0, "the first writer has stopped");
    assert_eq!(second.stored[&0], "0@30");
    assert_eq!(second.writer, "writer@30");
}

#[test]
fn an_upload_has_one_writer_at_a_time() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = create(&jobs, 100);
    let writer = claim(&jobs, id, 0);
    assert_eq!(try_claim(&jobs, id, 0), UploadClaim::Locked);
    checkpoint(&jobs, &writer, 10);
    assert_eq!(try_claim(&jobs, id, 10), UploadClaim::Locked);
    let renewed = jobs.renew_upload(writer.fence(), NO_LEASE, DAY).unwrap();
    assert!(renewed.is_some());
    // Nothing has arrived for as long as the lease.
    claim(&jobs, id, 10);
}

#[test]
fn a_writer_that_may_be_paused_keeps_its_blob_to_itself() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    let paused = claim(&jobs, id, 0);
    checkpoint(&jobs, &paused, 10);
    expire_lease(&redis, id);
    let second = claim(&jobs, id, 10);
    assert_eq!(second.piece, 1);
    assert_eq!(second.stored[&0], "0@10");

    // The first one wakes up, and nothing that it does has an effect.
    let (fence, late) = (paused.fence(), at(&paused, 50));
    for lease in [None, Some(LEASE)] {
        assert_eq!(
            jobs.checkpoint_upload(fence, &late, lease, DAY).unwrap(),
            None
        );
    }
    assert_eq!(jobs.renew_upload(fence, LEASE, DAY).unwrap(), None);
    assert_eq!(jobs.release_upload(fence, DAY).unwrap(), None);
    let finished = jobs.finish_upload(fence, &blob(id, 0), &[], DAY).unwrap();
    assert_eq!(finished, Finished::Lost);
    assert_eq!(try_claim(&jobs, id, 10), UploadClaim::Locked);

    checkpoint(&jobs, &second, 20);
    let upload = get(&jobs, id);
    assert_eq!(upload.offset, 20);
    assert_eq!(upload.stored[&0], "0@10");
    assert_eq!(upload.stored[&1], "1@20");
    let server = server.connect();
    assert_eq!(
        server.texts("HGET", &["tonearm:metrics", "uploads_taken_over"]),
        ["1"]
    );
}

#[test]
fn an_upload_has_a_bounded_number_of_pieces() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    for piece in 0..256 {
        assert_eq!(claim(&jobs, id, 0).piece, piece);
        expire_lease(&redis, id);
    }
    assert_eq!(try_claim(&jobs, id, 0), UploadClaim::TooManyPieces);
}

#[test]
fn a_released_claim_changes_no_offset() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = create(&jobs, 100);
    let writer = claim(&jobs, id, 0);
    checkpoint(&jobs, &writer, 10);
    assert!(jobs.release_upload(writer.fence(), DAY).unwrap().is_some());
    let next = claim(&jobs, id, 10);
    assert_eq!((next.piece, next.stored[&0].as_str()), (0, "0@10"));
}

#[test]
fn every_piece_is_staged_before_its_first_byte_and_longer_than_its_record() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    checkpoint(&jobs, &claim(&jobs, id, 0), 10);
    expire_lease(&redis, id);
    claim(&jobs, id, 10);
    let expires = get(&jobs, id).expires_ms;
    let (piece, joined) = piece_blobs(id, 1);
    for blob in [blob(id, 0), piece, joined] {
        let staged = &redis.texts("ZSCORE", &["tonearm:garbage", &blob])[0];
        assert!(staged.parse::<u64>().unwrap() > expires, "{blob}: {staged}");
    }
    let record: i64 = redis.count("PTTL", &format!("tonearm:upload:{id}"));
    assert!(record > 0, "{record}");
}

#[test]
fn a_piece_without_a_checkpoint_does_not_live_as_long_as_the_upload() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    claim(&jobs, id, 0);
    expire_lease(&redis, id);
    let writer = claim(&jobs, id, 0);
    checkpoint(&jobs, &writer, 10);
    let staged = |blob: &str| {
        let score = &redis.texts("ZSCORE", &["tonearm:garbage", blob])[0];
        score.parse::<u64>().unwrap()
    };
    let expires = get(&jobs, id).expires_ms;
    assert!(staged(&blob(id, 1)) > expires);
    assert!(staged(&blob(id, 0)) < expires);
}

#[test]
fn an_upload_expires_after_its_last_checkpoint() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    let writer = claim(&jobs, id, 0);
    let until = jobs.checkpoint_upload(writer.fence(), &at(&writer, 5), None, NO_LEASE);
    assert!(until.unwrap().is_some());
    assert_eq!(try_claim(&jobs, id, 5), UploadClaim::Missing);
    assert_eq!(jobs.upload(id, "u1").unwrap(), None);
    assert_eq!(jobs.active("u1").unwrap(), 0, "it holds no place");
    assert_eq!(jobs.uploads("u1").unwrap(), []);
    redis.expire_all("tonearm:garbage");
    assert!(jobs.expired_blobs(9).unwrap().contains(&blob(id, 0)));
}
