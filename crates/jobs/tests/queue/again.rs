//! A job that is converted again: the video must be kept, the former MP3 stays until there is
//! another one, late workers change nothing, and no email is sent twice.

use std::time::Duration;

use crate::redis::{Connection, LEASE, NO_LEASE, RedisServer, accept, claim, connect, mp3};
use crate::uploads::{about, claim_mail, get, send, upload};
use tonearm_account_state::AccountState;
use tonearm_jobs::{
    Again, Claim, Failure, Fence, JobId, Jobs, MailState, Queue, Retention, SegmentFence, State,
};
use tonearm_options::{Options, RequestedOptions};
use tonearm_test_tools::require_redis;

/// Videos are kept, and MP3s as long as their jobs.
const KEPT: Retention = Retention {
    video: LEASE,
    mp3: None,
};

fn mono() -> Options {
    let mut options = RequestedOptions::default();
    options.set("mono", "true").unwrap();
    options.resolve(&Default::default()).unwrap()
}

pub fn again(jobs: &Jobs<Connection>, id: JobId) -> Again {
    jobs.convert_again(id, "u1", &mono(), 100, "").unwrap()
}

/// Converts a claimed job, and returns the blob of its MP3.
fn convert(jobs: &Jobs<Connection>, claimed: &Claim) -> String {
    let blob = format!("mp3/{}/{}", claimed.job.id, claimed.attempt);
    jobs.stage(&[&blob], LEASE).unwrap();
    let fence = jobs.converted(claimed, &mp3(blob.clone()), KEPT);
    assert_eq!(fence.unwrap(), Fence::Held);
    blob
}

/// A job that is done, with the blob of its MP3.
pub fn done(jobs: &Jobs<Connection>) -> (JobId, String) {
    let id = accept(jobs, 1)[0].id;
    let claimed = claim(jobs, Queue::Convert, LEASE);
    assert_eq!(claimed.job.id, id);
    (id, convert(jobs, &claimed))
}

fn fail(jobs: &Jobs<Connection>, claimed: &Claim, keep: Option<Duration>) {
    let fence = jobs.failed(claimed, &failure(), &[], keep);
    assert_eq!(fence.unwrap(), Fence::Held);
}

fn failure() -> Failure {
    Failure::new("no_such_track", "There is no such track.")
}

fn is_garbage(server: &RedisServer, blob: &str) -> bool {
    let score = server.connect().texts("ZSCORE", &["tonearm:garbage", blob]);
    score.iter().any(|score| !score.is_empty())
}

#[test]
fn an_ended_job_is_converted_again_with_other_options() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (id, former) = done(&jobs);
    let job = get(&jobs, id);
    assert!(job.video_kept_until_ms.unwrap() > job.updated_ms);
    assert_eq!(again(&jobs, id), Again::Queued);
    let job = get(&jobs, id);
    assert_eq!((job.state, job.progress), (State::Queued, 0.0));
    assert_eq!(job.options, mono());
    assert_eq!(job.video_kept_until_ms, None, "as long as it takes");
    assert!(!is_garbage(&server, &format!("video/{id}")));
    assert_eq!(job.mp3.unwrap().blob, former, "until there is another one");
    assert_eq!(jobs.active("u1").unwrap(), 1);

    let claimed = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!((claimed.attempt, claimed.attempts_since_queued), (2, 1));
    let blob = convert(&jobs, &claimed);
    let job = get(&jobs, id);
    assert_eq!(
        (job.state, job.mp3.unwrap().blob),
        (State::Done, blob.clone())
    );
    assert!(is_garbage(&server, &former) && !is_garbage(&server, &blob));
    let expired = jobs.expired_blobs(99).unwrap();
    assert!(
        !expired.contains(&former),
        "downloads of it may be under way"
    );
    let redis = server.connect();
    let expires = redis.texts("ZSCORE", &["tonearm:garbage", &former]);
    let kept_ms = expires[0].parse::<u64>().unwrap() - job.updated_ms;
    assert_eq!(kept_ms, 6 * 3_600_000, "and slow");
    assert!(job.video_kept_until_ms.is_some(), "and again, if need be");
}

#[test]
fn a_job_is_converted_again_only_while_its_video_is_kept() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (id, _) = done(&jobs);
    server.connect().expire_all("tonearm:garbage");
    assert_eq!(get(&jobs, id).video_kept_until_ms, None);
    assert_eq!(again(&jobs, id), Again::VideoGone);
    for blob in jobs.expired_blobs(99).unwrap() {
        jobs.forget_blob(&blob).unwrap();
    }
    assert_eq!(again(&jobs, id), Again::VideoGone);
    assert_eq!(get(&jobs, id).state, State::Done);
}

#[test]
fn only_ended_jobs_of_the_owner_are_converted_again_within_the_quota() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (id, _) = done(&jobs);
    let waiting = accept(&jobs, 1)[0].id;
    assert_eq!(again(&jobs, waiting), Again::Unfinished);
    claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(again(&jobs, waiting), Again::Unfinished);
    let of = |owner, most| jobs.convert_again(id, owner, &mono(), most, "").unwrap();
    assert_eq!(of("u2", 100), Again::NoSuchJob);
    assert_eq!(of("u1", 1), Again::TooManyActive);
    assert_eq!(again(&jobs, JobId::generate()), Again::NoSuchJob);
    assert_eq!(of("u1", 2), Again::Queued);
    assert_eq!(of("u1", 2), Again::Unfinished, "twice");
    let state = AccountState::new(server.connect());
    state.delete("u1", LEASE).unwrap();
    assert_eq!(again(&jobs, id), Again::NoSuchOwner);
}

#[test]
fn a_conversion_again_that_fails_costs_nothing() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (id, former) = done(&jobs);
    let kept = get(&jobs, id).video_kept_until_ms;
    assert_eq!(again(&jobs, id), Again::Queued);
    fail(&jobs, &claim(&jobs, Queue::Convert, LEASE), None);
    let job = get(&jobs, id);
    assert_eq!((job.state, job.error), (State::Failed, Some(failure())));
    assert_eq!(job.mp3.unwrap().blob, former);
    assert!(!is_garbage(&server, &former));
    assert_eq!(job.video_kept_until_ms, kept, "for another try");
    assert_eq!(again(&jobs, id), Again::Queued);
    assert_eq!(get(&jobs, id).error, None);
    convert(&jobs, &claim(&jobs, Queue::Convert, LEASE));
    assert_eq!(get(&jobs, id).state, State::Done);
    assert!(is_garbage(&server, &former));
}

#[test]
fn an_mp3_that_expires_does_so_also_if_the_conversion_again_fails() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let retention = Retention {
        video: LEASE,
        mp3: Some(LEASE),
    };
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let fence = jobs.converted(&claimed, &mp3("mp3/a"), retention);
    assert_eq!(fence.unwrap(), Fence::Held);
    let expires = get(&jobs, id).mp3_expires_ms;
    assert_eq!(again(&jobs, id), Again::Queued);
    fail(&jobs, &claim(&jobs, Queue::Convert, LEASE), None);
    assert_eq!(get(&jobs, id).mp3_expires_ms, expires);
    assert!(is_garbage(&server, "mp3/a"));
    assert_eq!(again(&jobs, id), Again::Queued);
    convert(&jobs, &claim(&jobs, Queue::Convert, LEASE));
    assert_eq!(
        get(&jobs, id).mp3_expires_ms,
        None,
        "kept as long as the job"
    );
}

#[test]
fn a_late_worker_of_the_first_conversion_changes_nothing() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let late = claim(&jobs, Queue::Convert, NO_LEASE);
    let first = claim(&jobs, Queue::Convert, LEASE);
    convert(&jobs, &first);
    assert_eq!(again(&jobs, id), Again::Queued);
    let lost = |claimed: &Claim| {
        jobs.stage(&["mp3/late"], LEASE).unwrap();
        let converted = jobs.converted(claimed, &mp3("mp3/late"), KEPT).unwrap();
        let failed = jobs.failed(claimed, &failure(), &[], None).unwrap();
        let renewed = jobs.renew(claimed, LEASE, 0.9).unwrap();
        let split = jobs.split(claimed, "", &["one".to_owned()]).unwrap();
        [converted, failed, renewed, split] == [Fence::Lost; 4]
    };
    assert!(lost(&late) && lost(&first), "while it waits");
    let second = claim(&jobs, Queue::Convert, LEASE);
    assert!(lost(&late) && lost(&first), "while it runs");
    let blob = convert(&jobs, &second);
    assert!(lost(&late) && lost(&first), "afterwards");
    assert_eq!(get(&jobs, id).mp3.unwrap().blob, blob);
}

/// Ends a split conversion of two segments, whose blobs have this prefix.
fn convert_split(jobs: &Jobs<Connection>, prefix: &str) {
    let claimed = claim(jobs, Queue::Convert, LEASE);
    let specs = ["one".to_owned(), "two".to_owned()];
    assert_eq!(jobs.split(&claimed, "", &specs).unwrap(), Fence::Held);
    for number in [0, 1] {
        let segment = jobs.claim_segment("worker", LEASE).unwrap().unwrap();
        let blob = format!("{prefix}/part-{number}");
        jobs.stage(&[&blob], LEASE).unwrap();
        let done = jobs.segment_done(&segment, &blob, "part").unwrap();
        if done == SegmentFence::Last {
            let joined = format!("{prefix}/joined");
            jobs.stage(&[&joined], LEASE).unwrap();
            let fence = jobs.joined(&segment, &mp3(joined), KEPT).unwrap();
            assert_eq!(fence, Fence::Held);
        }
    }
}

#[test]
fn the_parts_of_the_former_mp3_are_kept_with_it() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    convert_split(&jobs, "mp3/a");
    let a = ["mp3/a/part-0", "mp3/a/part-1", "mp3/a/joined"];
    let are_garbage = |blobs: [&str; 3]| blobs.map(|blob| is_garbage(&server, blob));
    // It fails after the first part.
    assert_eq!(again(&jobs, id), Again::Queued);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let specs = ["one".to_owned(), "two".to_owned()];
    assert_eq!(jobs.split(&claimed, "", &specs).unwrap(), Fence::Held);
    let segment = jobs.claim_segment("worker", LEASE).unwrap().unwrap();
    jobs.stage(&["mp3/b/part-0"], LEASE).unwrap();
    let _ = jobs.segment_done(&segment, "mp3/b/part-0", "part").unwrap();
    let segment = jobs.claim_segment("worker", LEASE).unwrap().unwrap();
    let fence = jobs.segment_failed(&segment, &failure(), &[], None);
    assert_eq!(fence.unwrap(), Fence::Held);
    assert_eq!(are_garbage(a), [false; 3]);
    assert!(is_garbage(&server, "mp3/b/part-0"));
    // It succeeds.
    assert_eq!(again(&jobs, id), Again::Queued);
    convert_split(&jobs, "mp3/c");
    let c = ["mp3/c/part-0", "mp3/c/part-1", "mp3/c/joined"];
    assert_eq!((are_garbage(a), are_garbage(c)), ([true; 3], [false; 3]));
    // It is deleted while it is converted again.
    assert_eq!(again(&jobs, id), Again::Queued);
    assert!(jobs.delete(id, "u1").unwrap());
    assert_eq!(are_garbage(c), [true; 3]);
    assert!(jobs.expired_blobs(99).unwrap().contains(&c[0].to_owned()));
    let keys = server.connect().keys();
    assert!(
        !keys.iter().any(|key| key.starts_with("tonearm:job:")),
        "{keys:?}"
    );
}

#[test]
fn the_owner_converts_a_dead_letter_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    fail(&jobs, &claim(&jobs, Queue::Convert, LEASE), Some(LEASE));
    assert_eq!(jobs.dead_letters(Queue::Convert, None, 9).unwrap().len(), 1);
    assert_eq!(again(&jobs, id), Again::Queued);
    assert_eq!(jobs.dead_letters(Queue::Convert, None, 9).unwrap(), []);
    convert(&jobs, &claim(&jobs, Queue::Convert, LEASE));
    assert_eq!(get(&jobs, id).state, State::Done);
}

#[test]
fn an_operator_requeues_a_conversion_again_without_loss_of_the_former_mp3() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    convert_split(&jobs, "mp3/a");
    for _ in 0..2 {
        assert_eq!(again(&jobs, id), Again::Queued);
        fail(&jobs, &claim(&jobs, Queue::Convert, LEASE), Some(LEASE));
        jobs.requeue(Queue::Convert, id).unwrap();
        fail(&jobs, &claim(&jobs, Queue::Convert, LEASE), Some(LEASE));
        assert_eq!(get(&jobs, id).mp3.unwrap().blob, "mp3/a/joined");
        assert!(!is_garbage(&server, "mp3/a/part-0"));
    }
}

#[test]
fn no_second_email_is_sent_about_a_job_that_is_converted_again() {
    let server = require_redis!();
    let jobs = connect(&server);
    for is_sent in [true, false] {
        let (id, _) = done(&jobs);
        let mail = claim_mail(&jobs).unwrap();
        let outcome = if is_sent { Ok(()) } else { Err(&failure()) };
        assert_eq!(jobs.mailed(&mail.claim, outcome).unwrap(), Fence::Held);
        let state = if is_sent {
            MailState::Sent
        } else {
            MailState::Failed
        };
        for fails in [false, true] {
            assert_eq!(again(&jobs, id), Again::Queued);
            assert_eq!(get(&jobs, id).mail, Some(state));
            let claimed = claim(&jobs, Queue::Convert, LEASE);
            match fails {
                true => fail(&jobs, &claimed, None),
                false => drop(convert(&jobs, &claimed)),
            }
            assert_eq!(claim_mail(&jobs), None);
            assert_eq!(get(&jobs, id).mail, Some(state));
        }
    }
}

#[test]
fn an_email_that_waits_is_about_the_new_result() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = upload(&jobs, 2);
    for _ in 0..2 {
        convert(&jobs, &claim(&jobs, Queue::Convert, LEASE));
    }
    // One attempt at the email has failed already.
    let late = claim_mail(&jobs).unwrap();
    let fence = jobs.retry_later(&late.claim, &failure(), NO_LEASE);
    assert_eq!(fence.unwrap(), Fence::Held);
    assert_eq!(again(&jobs, ids[0]), Again::Queued);
    assert_eq!(claim_mail(&jobs), None, "its upload has not ended");
    fail(&jobs, &claim(&jobs, Queue::Convert, LEASE), None);
    let mail = claim_mail(&jobs).expect("and now it has");
    assert_eq!(about(&mail), ids);
    assert_eq!(mail.jobs[0].state, State::Failed);
    send(&jobs, &mail);
    assert_eq!(claim_mail(&jobs), None);
}

#[test]
fn a_job_gets_another_name_from_its_owner() {
    let server = require_redis!();
    let jobs = connect(&server);
    let (id, _) = done(&jobs);
    assert!(!jobs.rename(id, "u2", "stolen").unwrap());
    assert!(!jobs.rename(JobId::generate(), "u1", "nobody").unwrap());
    assert!(jobs.rename(id, "u1", "Käse \"&\" Wein").unwrap());
    assert_eq!(get(&jobs, id).name, "Käse \"&\" Wein");
}
