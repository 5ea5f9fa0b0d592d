//! One email about the uploads of a batch.

use tonearm_jobs::{Failure, Fence, Finished, Queue};
use tonearm_test_tools::require_redis;

use super::*;
use crate::redis::{RedisServer, claim as claim_work, connect};
use crate::uploads::{about, claim_mail, convert_next, send};

fn begin(jobs: &Jobs<Connection>) -> JobId {
    let mut upload = new_upload(100);
    upload.batch = Some("b".to_owned());
    created(jobs, upload)
}

fn finish(jobs: &Jobs<Connection>, id: JobId) {
    let writer = claim(jobs, id, 0);
    let finished = jobs.finish_upload(writer.fence(), &blob(id, 0), &[], DAY);
    assert_eq!(finished.unwrap(), Finished::Done);
}

fn no_batch_is_left(server: &RedisServer) {
    let keys = server.connect().keys();
    assert!(!keys.iter().any(|key| key.contains(":batch:")), "{keys:?}");
}

#[test]
fn the_uploads_of_a_batch_get_one_mail() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = [begin(&jobs), begin(&jobs)];
    let alone = create(&jobs, 100);
    finish(&jobs, ids[0]);
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None, "an upload is unfinished");
    finish(&jobs, ids[1]);
    finish(&jobs, alone);
    let failed = claim_work(&jobs, Queue::Convert, LEASE);
    assert_eq!(failed.job.id, ids[1]);
    assert_eq!(claim_mail(&jobs), None, "a conversion is unfinished");
    let failure = Failure::new("x", "X.");
    assert_eq!(
        jobs.failed(&failed, &failure, &[], None).unwrap(),
        Fence::Held
    );

    let mail = claim_mail(&jobs).unwrap();
    assert_eq!((about(&mail), mail.upload), (ids.to_vec(), Some(ids[0])));
    assert_eq!(claim_mail(&jobs), None);
    send(&jobs, &mail);
    no_batch_is_left(&server);
    convert_next(&jobs);
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!((about(&mail), mail.upload), (vec![alone], None));
}

#[test]
fn what_comes_after_the_mail_gets_another_one() {
    let server = require_redis!();
    let jobs = connect(&server);
    let first = begin(&jobs);
    finish(&jobs, first);
    convert_next(&jobs);
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!((about(&mail), mail.upload), (vec![first], None));
    // While it is being sent, which fails and is repeated.
    let later = [begin(&jobs), begin(&jobs)];
    for id in later {
        finish(&jobs, id);
        convert_next(&jobs);
    }
    let other = claim_mail(&jobs).unwrap();
    assert_eq!(
        (about(&other), other.upload),
        (later.to_vec(), Some(later[0]))
    );
    send(&jobs, &other);
    send(&jobs, &mail);
    no_batch_is_left(&server);
}

#[test]
fn a_deleted_upload_or_job_does_not_hold_the_mail_back() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = [begin(&jobs), begin(&jobs), begin(&jobs)];
    finish(&jobs, ids[0]);
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None);
    finish(&jobs, ids[1]);
    assert!(jobs.delete_upload(ids[2], "u1").unwrap());
    assert_eq!(claim_mail(&jobs), None, "a conversion is unfinished");
    assert!(jobs.delete(ids[1], "u1").unwrap());
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!((about(&mail), mail.upload), (vec![ids[0]], None));
    send(&jobs, &mail);
    no_batch_is_left(&server);
}

#[test]
fn an_upload_that_expires_does_not_hold_the_mail_back() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let (done, abandoned) = (begin(&jobs), begin(&jobs));
    finish(&jobs, done);
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None);
    redis
        .run("DEL", &[&format!("tonearm:upload:{abandoned}")])
        .unwrap();
    // The entry is offered again after a while.
    redis.expire_all("tonearm:queue:mp3:leases");
    assert_eq!(about(&claim_mail(&jobs).unwrap()), [done]);
}

#[test]
fn a_batch_is_bounded() {
    let server = require_redis!();
    let jobs = connect(&server);
    for _ in 0..100 {
        begin(&jobs);
    }
    let mut upload = new_upload(100);
    upload.batch = Some("b".to_owned());
    jobs.create_upload(&uploader(), &upload, 1000, DAY).unwrap();
    finish(&jobs, upload.id);
    convert_next(&jobs);
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!((about(&mail), mail.upload), (vec![upload.id], None));
}

#[test]
fn a_concatenation_is_in_the_batch_of_its_final_upload() {
    let server = require_redis!();
    let jobs = connect(&server);
    let other = begin(&jobs);
    let partial = create_partial(&jobs, 40);
    stop_at(&jobs, &claim(&jobs, partial, 0), 40);
    let mut upload = new_upload(40);
    upload.batch = Some("b".to_owned());
    jobs.stage(&[&blob(upload.id, 0)], LEASE).unwrap();
    let concatenation = tonearm_jobs::Concatenation {
        upload: &upload,
        partials: &[partial],
        blob: &blob(upload.id, 0),
        parts: &[blob(partial, 0)],
    };
    jobs.concatenate(&uploader(), &concatenation, DAY).unwrap();
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None, "an upload is unfinished");
    finish(&jobs, other);
    convert_next(&jobs);
    assert_eq!(about(&claim_mail(&jobs).unwrap()), [other, upload.id]);
}
