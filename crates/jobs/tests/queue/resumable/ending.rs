//! From an upload to a job, and deleting.

use tonearm_account_state::AccountState;
use tonearm_jobs::{
    CreatedUpload, Failure, Fence, Finished, Queue, Requeued, Retention, State, UploadClaim,
};
use tonearm_test_tools::require_redis;

use super::*;
use crate::redis::{NO_LEASE, RedisServer, accept, claim as claim_work, connect, mp3};

/// An upload of two pieces, ready to end: its last writer, and what its blob refers to.
fn of_two_pieces(server: &RedisServer) -> (Upload, String, Vec<String>) {
    let (jobs, redis) = (connect(server), server.connect());
    let id = create(&jobs, 100);
    checkpoint(&jobs, &claim(&jobs, id, 0), 40);
    expire_lease(&redis, id);
    let writer = claim(&jobs, id, 40);
    let (piece, joined) = piece_blobs(id, 1);
    (writer, joined, vec![blob(id, 0), piece])
}

fn finish(server: &RedisServer) -> JobId {
    let (writer, joined, parts) = of_two_pieces(server);
    let jobs = connect(server);
    let finished = jobs.finish_upload(writer.fence(), &joined, &parts, DAY);
    assert_eq!(finished.unwrap(), Finished::Done);
    writer.id
}

/// The staged blobs, and which of them have expired.
fn garbage(server: &RedisServer) -> (Vec<String>, Vec<String>) {
    let staged = server
        .connect()
        .texts("ZRANGE", &["tonearm:garbage", "0", "-1"]);
    (staged, connect(server).expired_blobs(99).unwrap())
}

#[test]
fn a_finished_upload_is_a_job_with_its_id() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (writer, joined, parts) = of_two_pieces(&server);
    // The reply was lost, and the call is repeated.
    for _ in 0..2 {
        let finished = jobs.finish_upload(writer.fence(), &joined, &parts, DAY);
        assert_eq!(finished.unwrap(), Finished::Done);
    }
    assert_eq!(
        garbage(&server).0,
        Vec::<String>::new(),
        "the job has all pieces"
    );
    let job = jobs.get(writer.id, "u1").unwrap().unwrap();
    assert_eq!(
        (job.state, job.bytes, job.name.as_str()),
        (State::Queued, 100, "talk.mp4")
    );
    assert_eq!(job.username, "ada@example.org");
    assert_eq!(job.video_blob.as_deref(), Some(&*joined));
    assert_eq!(claim_work(&jobs, Queue::Convert, LEASE).job.id, writer.id);

    // A client that lost the last reply finds it complete.
    let upload = get(&jobs, writer.id);
    assert_eq!((upload.offset, upload.is_done), (100, true));
    assert!(upload.stored.is_empty());
    assert!(matches!(
        try_claim(&jobs, writer.id, 100),
        UploadClaim::Complete(_)
    ));
    assert_eq!(
        try_claim(&jobs, writer.id, 40),
        UploadClaim::WrongOffset(100)
    );
    assert_eq!(jobs.uploads("u1").unwrap(), []);
    assert_eq!(jobs.active("u1").unwrap(), 1);
    let redis = server.connect();
    assert_eq!(redis.count("XLEN", "tonearm:queue:video"), 1);
}

#[test]
fn no_checkpoint_changes_a_finished_upload() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (writer, joined, parts) = of_two_pieces(&server);
    jobs.finish_upload(writer.fence(), &joined, &parts, DAY)
        .unwrap();
    let late = jobs.checkpoint_upload(writer.fence(), &at(&writer, 60), Some(LEASE), DAY);
    assert_eq!(late.unwrap(), None);
    assert_eq!(get(&jobs, writer.id).offset, 100);
}

#[test]
fn pieces_without_a_checkpoint_stay_garbage() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    claim(&jobs, id, 0);
    expire_lease(&redis, id);
    let writer = claim(&jobs, id, 0);
    let (piece, joined) = piece_blobs(id, 1);
    let finished = jobs.finish_upload(writer.fence(), &joined, &[piece], DAY);
    assert_eq!(finished.unwrap(), Finished::Done);
    assert_eq!(garbage(&server).0, [blob(id, 0)]);
}

#[test]
fn an_upload_whose_blobs_may_be_gone_becomes_no_job() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (writer, joined, parts) = of_two_pieces(&server);
    jobs.forget_blob(&parts[1]).unwrap();
    let finished = jobs.finish_upload(writer.fence(), &joined, &parts, DAY);
    assert_eq!(finished.unwrap(), Finished::TooLate);
    assert!(jobs.get(writer.id, "u1").unwrap().is_none());
}

#[test]
fn all_pieces_expire_when_the_video_does() {
    let server = require_redis!();
    let jobs = connect(&server);
    let retention = Retention::default();
    let failure = Failure::new("x", "X.");
    type End = fn(&Jobs<Connection>, JobId, Retention, &Failure);
    let ends: [(&str, End); 4] = [
        ("converted", |jobs, id, retention, _| {
            let work = claim_work(jobs, Queue::Convert, LEASE);
            let mp3 = mp3(format!("mp3/{id}"));
            jobs.stage(&[&mp3.blob], LEASE).unwrap();
            assert_eq!(jobs.converted(&work, &mp3, retention).unwrap(), Fence::Held);
        }),
        ("failed", |jobs, _, _, failure| {
            let work = claim_work(jobs, Queue::Convert, LEASE);
            assert_eq!(jobs.failed(&work, failure, &[], None).unwrap(), Fence::Held);
        }),
        ("discarded", |jobs, id, _, failure| {
            let work = claim_work(jobs, Queue::Convert, LEASE);
            let fence = jobs.failed(&work, failure, &[], Some(LEASE)).unwrap();
            assert_eq!(fence, Fence::Held);
            assert!(jobs.discard_dead(Queue::Convert, id).unwrap());
        }),
        ("deleted", |jobs, id, _, _| {
            assert!(jobs.delete(id, "u1").unwrap());
        }),
    ];
    for (name, end) in ends {
        let id = finish(&server);
        end(&jobs, id, retention, &failure);
        let mut expired = garbage(&server).1;
        expired.sort();
        let mut all = vec![blob(id, 0), blob(id, 1), piece_blobs(id, 1).1];
        all.sort();
        assert_eq!(expired, all, "{name}");
        for blob in expired {
            jobs.forget_blob(&blob).unwrap();
        }
    }
}

#[test]
fn a_requeued_conversion_keeps_all_pieces() {
    let server = require_redis!();
    let jobs = connect(&server);
    let failure = Failure::new("x", "X.");
    let id = finish(&server);
    let give_up = || {
        let work = claim_work(&jobs, Queue::Convert, LEASE);
        jobs.failed(&work, &failure, &[], Some(LEASE)).unwrap()
    };
    assert_eq!(give_up(), Fence::Held);
    assert_eq!(garbage(&server).0.len(), 3);
    assert_eq!(jobs.requeue(Queue::Convert, id).unwrap(), Requeued::Done);
    assert!(garbage(&server).0.is_empty());
    assert_eq!(give_up(), Fence::Held);
    jobs.forget_blob(&blob(id, 1)).unwrap();
    let requeued = jobs.requeue(Queue::Convert, id).unwrap();
    assert_eq!(requeued, Requeued::VideoGone, "one piece is gone");
}

#[test]
fn a_deleted_upload_leaves_nothing() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    stop_at(&jobs, &claim(&jobs, id, 0), 10);
    assert!(jobs.delete_upload(id, "u1").unwrap());
    assert!(!jobs.delete_upload(id, "u1").unwrap());
    assert_eq!(try_claim(&jobs, id, 10), UploadClaim::Missing);
    assert_eq!(garbage(&server).1, [blob(id, 0)]);
    assert_eq!(redis.keys(), ["tonearm:garbage"]);
}

#[test]
fn a_writer_of_a_deleted_upload_notices_before_its_blob_is_collected() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = create(&jobs, 100);
    let writer = claim(&jobs, id, 0);
    assert!(jobs.delete_upload(id, "u1").unwrap());
    let late = jobs.checkpoint_upload(writer.fence(), &at(&writer, 10), Some(LEASE), DAY);
    assert_eq!(late.unwrap(), None);
    let finished = jobs.finish_upload(writer.fence(), &blob(id, 0), &[], DAY);
    assert_eq!(finished.unwrap(), Finished::Lost);
    let (staged, expired) = garbage(&server);
    assert_eq!((staged, expired), (vec![blob(id, 0)], Vec::new()));
}

#[test]
fn a_writer_that_lost_its_claim_deletes_nothing() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let id = create(&jobs, 100);
    let stale = claim(&jobs, id, 0);
    checkpoint(&jobs, &stale, 10);
    expire_lease(&redis, id);
    let next = claim(&jobs, id, 10);
    assert!(!jobs.abandon_upload(stale.fence(), "u1").unwrap());
    assert_eq!(get(&jobs, id).offset, 10);
    let finished = jobs.finish_upload(next.fence(), &blob(id, 0), &[], DAY);
    assert_eq!(finished.unwrap(), Finished::Done);
    for fence in [stale.fence(), next.fence()] {
        assert!(!jobs.abandon_upload(fence, "u1").unwrap());
    }
    assert!(jobs.get(id, "u1").unwrap().is_some());

    let own = create(&jobs, 100);
    let writer = claim(&jobs, own, 0);
    assert!(jobs.abandon_upload(writer.fence(), "u1").unwrap());
    assert_eq!(jobs.upload(own, "u1").unwrap(), None);
}

#[test]
fn deleting_a_finished_upload_deletes_its_job_and_the_other_way_round() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = finish(&server);
    assert!(jobs.delete_upload(id, "u1").unwrap());
    assert!(jobs.get(id, "u1").unwrap().is_none());
    assert!(jobs.upload(id, "u1").unwrap().is_none());

    let id = finish(&server);
    assert!(jobs.delete(id, "u1").unwrap());
    assert!(jobs.upload(id, "u1").unwrap().is_none());
    assert!(!jobs.delete_upload(id, "u1").unwrap());
}

#[test]
fn the_uploads_of_a_deleted_account_are_deleted() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    accept(&jobs, 2);
    finish(&server);
    let (writer, joined, parts) = of_two_pieces(&server);
    create(&jobs, 100);
    AccountState::new(server.connect())
        .delete("u1", DAY)
        .unwrap();

    let created = jobs.create_upload(&uploader(), &new_upload(1), MANY, DAY);
    assert_eq!(created.unwrap(), CreatedUpload::NoSuchOwner);
    let finished = jobs.finish_upload(writer.fence(), &joined, &parts, DAY);
    assert_eq!(finished.unwrap(), Finished::NoSuchOwner);
    let deleted = [2, 2, 9, 9].map(|limit| jobs.delete_of_deleted_accounts(limit).unwrap());
    assert_eq!(deleted, [2, 2, 1, 0]);
    let keys = redis.keys();
    assert!(
        !keys
            .iter()
            .any(|key| key.contains(":upload") || key.contains(":job")),
        "{keys:?}"
    );
    assert_eq!(redis.count("SCARD", "tonearm:deleted_accounts"), 0);
}

#[test]
fn a_record_that_has_expired_does_not_keep_a_deleted_account() {
    let server = require_redis!();
    let jobs = connect(&server);
    jobs.create_upload(&uploader(), &new_upload(1), MANY, NO_LEASE)
        .unwrap();
    AccountState::new(server.connect())
        .delete("u1", DAY)
        .unwrap();
    jobs.delete_of_deleted_accounts(9).unwrap();
    assert_eq!(
        server.connect().count("SCARD", "tonearm:deleted_accounts"),
        0
    );
}
