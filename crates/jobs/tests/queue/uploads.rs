//! One email about all jobs of an upload.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::redis::{Connection, LEASE, NO_LEASE, RedisServer, accept, claim, connect, mp3};
use tonearm_jobs::{
    Claim, Failure, Fence, Job, JobId, Jobs, MailClaim, MailState, Queue, Requeued, Retention,
};
use tonearm_test_tools::require_redis;

fn failure() -> Failure {
    Failure::new("x", "X.")
}

/// Accepts an upload and returns the ids of its jobs.
pub fn upload(jobs: &Jobs<Connection>, count: usize) -> Vec<JobId> {
    let files = accept(jobs, count);
    files.iter().map(|file| file.id).collect()
}

pub fn convert(jobs: &Jobs<Connection>, claimed: &Claim) {
    let blob = format!("mp3/{}/{}", claimed.job.id, claimed.attempt);
    jobs.stage(&[&blob], LEASE).unwrap();
    let fence = jobs.converted(claimed, &mp3(blob), Retention::default());
    assert_eq!(fence.unwrap(), Fence::Held);
}

/// Converts the next job in the queue.
pub fn convert_next(jobs: &Jobs<Connection>) -> JobId {
    let claimed = claim(jobs, Queue::Convert, LEASE);
    convert(jobs, &claimed);
    claimed.job.id
}

/// Gives up the next conversion in the queue, which becomes a dead letter.
fn give_up_next(jobs: &Jobs<Connection>) {
    let claimed = claim(jobs, Queue::Convert, LEASE);
    let fence = jobs.failed(&claimed, &failure(), &[], Some(LEASE)).unwrap();
    assert_eq!(fence, Fence::Held);
}

pub fn claim_mail(jobs: &Jobs<Connection>) -> Option<MailClaim> {
    jobs.claim_mail("worker", LEASE).unwrap()
}

pub fn about(mail: &MailClaim) -> Vec<JobId> {
    mail.jobs.iter().map(|job| job.id).collect()
}

pub fn send(jobs: &Jobs<Connection>, mail: &MailClaim) {
    assert_eq!(jobs.mailed(&mail.claim, Ok(())).unwrap(), Fence::Held);
}

pub fn get(jobs: &Jobs<Connection>, id: JobId) -> Job {
    jobs.get(id, "u1").unwrap().unwrap()
}

fn mail_states(jobs: &Jobs<Connection>, ids: &[JobId]) -> Vec<Option<MailState>> {
    ids.iter().map(|id| get(jobs, *id).mail).collect()
}

/// The queue of emails is empty, and so are its leases and pending entries.
fn assert_no_mail_is_left(server: &RedisServer, jobs: &Jobs<Connection>) {
    let redis = server.connect();
    redis.expire_all("tonearm:queue:mp3:leases");
    assert_eq!(claim_mail(jobs), None);
    assert_eq!(redis.count("XLEN", "tonearm:queue:mp3"), 0);
    assert_eq!(redis.count("ZCARD", "tonearm:queue:mp3:leases"), 0);
}

#[test]
fn an_upload_gets_one_mail() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = upload(&jobs, 3);
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None, "two conversions are unfinished");
    give_up_next(&jobs);
    assert_eq!(claim_mail(&jobs), None, "one conversion is unfinished");
    let pending = Some(MailState::Pending);
    assert_eq!(mail_states(&jobs, &ids), [pending, pending, None]);
    convert_next(&jobs);

    let mail = claim_mail(&jobs).unwrap();
    assert_eq!(about(&mail), ids, "as uploaded");
    assert_eq!(mail.upload, Some(ids[0]));
    assert_eq!(claim_mail(&jobs), None, "there is one");
    assert_eq!(mail_states(&jobs, &ids), [Some(MailState::Sending); 3]);
    send(&jobs, &mail);
    assert_eq!(mail_states(&jobs, &ids), [Some(MailState::Sent); 3]);
    assert_no_mail_is_left(&server, &jobs);
    assert_eq!(jobs.metrics().unwrap().counters["mails_sent"], 1);
}

#[test]
fn an_upload_of_one_file_has_a_mail_of_its_own() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = [upload(&jobs, 1)[0], upload(&jobs, 1)[0]];
    for id in ids {
        convert_next(&jobs);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!((about(&mail), mail.upload), (vec![id], None));
        send(&jobs, &mail);
    }
}

#[test]
fn an_upload_gets_one_mail_whichever_workers_run_at_once() {
    let server = require_redis!();
    let jobs = connect(&server);
    let uploads: Vec<_> = (0..8).map(|_| upload(&jobs, 4)).collect();
    let unfinished = AtomicU32::new(32);
    let converter = || {
        let jobs = connect(&server);
        while let Some(claimed) = jobs.claim(Queue::Convert, "worker", LEASE).unwrap() {
            convert(&jobs, &claimed);
            unfinished.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let notifier = || {
        let jobs = connect(&server);
        let mut sent = Vec::new();
        loop {
            let is_last = unfinished.load(Ordering::SeqCst) == 0;
            while let Some(mail) = claim_mail(&jobs) {
                send(&jobs, &mail);
                sent.push(about(&mail));
            }
            if is_last {
                return sent;
            }
        }
    };
    let mut sent = std::thread::scope(|scope| {
        scope.spawn(converter);
        scope.spawn(converter);
        let notifiers = [scope.spawn(notifier), scope.spawn(notifier)];
        notifiers.map(|one| one.join().unwrap()).concat()
    });
    sent.sort();
    assert_eq!(sent, uploads);
    assert_no_mail_is_left(&server, &jobs);
}

#[test]
fn an_upload_whose_last_file_is_deleted_still_gets_its_mail() {
    let server = require_redis!();
    let jobs = connect(&server);
    for is_claimed in [false, true] {
        let ids = upload(&jobs, 3);
        convert_next(&jobs);
        convert_next(&jobs);
        assert_eq!(claim_mail(&jobs), None);
        if is_claimed {
            claim(&jobs, Queue::Convert, LEASE);
        }
        assert!(jobs.delete(ids[2], "u1").unwrap());
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!(about(&mail), ids[..2]);
        assert_eq!(mail.upload, Some(ids[0]));
        send(&jobs, &mail);
        assert_no_mail_is_left(&server, &jobs);
    }
}

#[test]
fn a_deleted_job_leaves_the_mail_to_the_others() {
    let server = require_redis!();
    let jobs = connect(&server);
    // Before the mail is claimed, and while the job carries it.
    for is_claimed in [false, true] {
        let ids = upload(&jobs, 3);
        for _ in 0..3 {
            assert_eq!(claim_mail(&jobs), None);
            convert_next(&jobs);
        }
        let mut gone = ids[2];
        let mut late = None;
        if is_claimed {
            let mail = claim_mail(&jobs).unwrap();
            gone = mail.claim.job.id;
            late = Some(mail);
        }
        assert!(jobs.delete(gone, "u1").unwrap());
        let left: Vec<_> = ids.into_iter().filter(|id| *id != gone).collect();
        assert_eq!(mail_states(&jobs, &left), [Some(MailState::Pending); 2]);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!(about(&mail), left);
        if let Some(late) = late {
            assert_eq!(jobs.mailed(&late.claim, Ok(())).unwrap(), Fence::Lost);
            assert_eq!(mail.upload, late.upload, "the same mail");
        }
        send(&jobs, &mail);
        assert_eq!(mail_states(&jobs, &left), [Some(MailState::Sent); 2]);
        assert_no_mail_is_left(&server, &jobs);
    }
}

#[test]
fn a_mail_whose_worker_died_is_claimed_again_for_the_jobs_that_are_left() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = upload(&jobs, 2);
    convert_next(&jobs);
    convert_next(&jobs);
    let late = jobs.claim_mail("worker", NO_LEASE).unwrap().unwrap();
    let other = ids.iter().find(|id| **id != late.claim.job.id).unwrap();
    assert!(jobs.delete(*other, "u1").unwrap());
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!(about(&mail), [late.claim.job.id]);
    assert_eq!((mail.claim.attempt, mail.upload), (2, late.upload));
    assert_eq!(jobs.mailed(&late.claim, Ok(())).unwrap(), Fence::Lost);
    send(&jobs, &mail);
    assert_no_mail_is_left(&server, &jobs);
}

#[test]
fn every_job_of_an_upload_shows_the_state_of_its_mail() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = upload(&jobs, 2);
    convert_next(&jobs);
    convert_next(&jobs);
    let shown = || -> Vec<_> {
        let shown = ids.iter().map(|id| get(&jobs, *id));
        shown
            .map(|job| (job.mail.unwrap(), job.mail_attempt, job.mail_error))
            .collect()
    };
    let mail = claim_mail(&jobs).unwrap();
    let expected = (MailState::Sending, 1, None);
    assert_eq!(shown(), [expected.clone(), expected]);
    let fence = jobs.retry_later(&mail.claim, &failure(), NO_LEASE).unwrap();
    assert_eq!(fence, Fence::Held);
    let expected = (MailState::Pending, 1, Some(failure()));
    assert_eq!(shown(), [expected.clone(), expected]);
    let mail = claim_mail(&jobs).unwrap();
    let fence = jobs.mailed(&mail.claim, Err(&failure())).unwrap();
    assert_eq!(fence, Fence::Held);
    let expected = (MailState::Failed, 2, Some(failure()));
    assert_eq!(shown(), [expected.clone(), expected]);
    assert_no_mail_is_left(&server, &jobs);
}

#[test]
fn a_requeued_mail_is_about_the_whole_upload_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    // The operator requeues the dead letter of the carrier, or that of its heir.
    for is_inherited in [false, true] {
        let ids = upload(&jobs, 3);
        for _ in 0..3 {
            convert_next(&jobs);
        }
        let mail = claim_mail(&jobs).unwrap();
        let fence = jobs.mailed(&mail.claim, Err(&failure())).unwrap();
        assert_eq!(fence, Fence::Held);
        let mut left = ids;
        if is_inherited {
            left.retain(|id| *id != mail.claim.job.id);
            assert!(jobs.delete(mail.claim.job.id, "u1").unwrap());
        }
        let letters = jobs.dead_letters(Queue::Notify, None, 9).unwrap();
        assert_eq!(letters.len(), 1, "{letters:?}");
        assert_eq!(letters[0].error, failure());
        let requeued = jobs.requeue(Queue::Notify, letters[0].id).unwrap();
        assert_eq!(requeued, Requeued::Done);
        let pending = vec![Some(MailState::Pending); left.len()];
        assert_eq!(mail_states(&jobs, &left), pending);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!(about(&mail), left);
        send(&jobs, &mail);
        assert_no_mail_is_left(&server, &jobs);
    }
}

#[test]
fn a_requeued_job_of_an_upload_gets_a_mail_of_its_own() {
    let server = require_redis!();
    let jobs = connect(&server);
    // Before, during and after the mail of its upload.
    for sends in [0, 1, 2] {
        let ids = upload(&jobs, 2);
        convert_next(&jobs);
        give_up_next(&jobs);
        let first = (sends > 0).then(|| claim_mail(&jobs).unwrap());
        if let Some(first) = first.as_ref().filter(|_| sends == 2) {
            send(&jobs, first);
        }
        let requeued = jobs.requeue(Queue::Convert, ids[1]).unwrap();
        assert_eq!(requeued, Requeued::Done);
        assert_eq!(get(&jobs, ids[1]).mail, None);
        if sends < 2 {
            // The mail goes on without it, and does not wait.
            let carrier = first.as_ref().map(|mail| mail.claim.job.id);
            let mail = match first {
                Some(first) if carrier == Some(ids[0]) => first,
                _ => claim_mail(&jobs).unwrap(),
            };
            send(&jobs, &mail);
        }
        assert_eq!(get(&jobs, ids[0]).mail, Some(MailState::Sent));
        assert_eq!(claim_mail(&jobs), None);
        assert_eq!(convert_next(&jobs), ids[1]);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!((about(&mail), mail.upload), (vec![ids[1]], None));
        assert_eq!(mail.jobs[0].requeues, 1);
        send(&jobs, &mail);
        assert_no_mail_is_left(&server, &jobs);
    }
}
