//! A split conversion: many workers, one end, nothing lost.

use std::time::Duration;

use crate::redis::{Connection, LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{
    Failure, Fence, Job, JobId, Jobs, Kind, Outcome, Queue, Redis, Requeued, Retention,
    SegmentClaim, SegmentFence, State,
};
use tonearm_test_tools::require_redis;

const SPECS: [&str; 3] = ["first", "second", "third"];

/// Accepts a file, claims it and splits it.
fn split(jobs: &Jobs<Connection>) -> JobId {
    let id = accept(jobs, 1)[0].id;
    let claimed = claim(jobs, Queue::Convert, LEASE);
    let fence = jobs
        .split(&claimed, "all", &SPECS.map(str::to_owned))
        .unwrap();
    assert_eq!(fence, Fence::Held);
    id
}

fn segment(jobs: &Jobs<Connection>, lease: Duration) -> SegmentClaim {
    jobs.claim_segment("worker", lease)
        .unwrap()
        .expect("a segment is due")
}

fn blob(claim: &SegmentClaim) -> String {
    format!("mp3/part-{}-{}", claim.number, claim.attempt)
}

/// Stages a blob for the segment and stores its part.
fn done(jobs: &Jobs<Connection>, claim: &SegmentClaim) -> SegmentFence {
    jobs.stage(&[&blob(claim)], LEASE).unwrap();
    jobs.segment_done(claim, &blob(claim), &format!("part {}", claim.number))
        .unwrap()
}

const JOINED: &str = "mp3/joined";

fn job(jobs: &Jobs<Connection>, id: JobId) -> Job {
    jobs.get(id, "u1").unwrap().unwrap()
}

#[test]
fn segments_replace_a_split_conversion() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    assert!(
        jobs.claim(Queue::Convert, "worker", LEASE)
            .unwrap()
            .is_none()
    );
    for (number, spec) in SPECS.iter().enumerate() {
        let claimed = segment(&jobs, LEASE);
        assert_eq!(
            (claimed.number as usize, claimed.count, claimed.attempt),
            (number, 3, 1)
        );
        assert_eq!(
            (claimed.shared.as_str(), claimed.spec.as_str()),
            ("all", *spec)
        );
        assert_eq!((claimed.job.id, claimed.is_encoded), (id, false));
    }
    assert!(jobs.claim_segment("worker", LEASE).unwrap().is_none());
    assert_eq!(job(&jobs, id).state, State::Converting);
}

#[test]
fn the_worker_with_the_last_part_joins_all() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let claims = [(); 3].map(|()| segment(&jobs, LEASE));
    assert_eq!(done(&jobs, &claims[2]), SegmentFence::Held);
    assert_eq!(done(&jobs, &claims[0]), SegmentFence::Held);
    assert_eq!(done(&jobs, &claims[1]), SegmentFence::Last);
    assert_eq!(
        jobs.parts(&claims[1]).unwrap(),
        ["part 0", "part 1", "part 2"]
    );
    jobs.stage(&["mp3/joined"], LEASE).unwrap();
    assert_eq!(
        jobs.joined(&claims[1], &mp3(JOINED), Retention::default())
            .unwrap(),
        Fence::Held
    );
    let job = job(&jobs, id);
    assert_eq!(
        (job.state, job.progress, job.mp3),
        (State::Done, 1.0, Some(mp3(JOINED)))
    );
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(mail.job.id, id);
    assert_eq!(server.connect().count("XLEN", "tonearm:queue:segment"), 0);
    assert_eq!(
        jobs.joined(&claims[1], &mp3(JOINED), Retention::default())
            .unwrap(),
        Fence::Lost
    );
}

#[test]
fn progress_is_that_of_all_segments_and_never_decreases() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let progress = || job(&jobs, id).progress;
    let first = segment(&jobs, NO_LEASE);
    assert_eq!(
        jobs.renew_segment(&first, NO_LEASE, 0.9).unwrap(),
        Fence::Held
    );
    assert!((progress() - 0.3).abs() < 1e-3);
    let again = segment(&jobs, LEASE);
    assert_eq!(jobs.renew_segment(&again, LEASE, 0.3).unwrap(), Fence::Held);
    assert!((progress() - 0.3).abs() < 1e-3);
    assert_eq!(done(&jobs, &again), SegmentFence::Held);
    assert!((progress() - 1.0 / 3.0).abs() < 1e-3);
}

#[test]
fn a_segment_of_a_crashed_worker_is_claimed_again_and_the_late_worker_is_fenced_off() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let late = segment(&jobs, NO_LEASE);
    let next = segment(&jobs, LEASE);
    assert_eq!((late.number, next.number, next.attempt), (0, 0, 2));
    assert_eq!(jobs.renew_segment(&late, LEASE, 0.5).unwrap(), Fence::Lost);
    assert_eq!(done(&jobs, &late), SegmentFence::Lost);
    let why = Failure::new("gave_up", "No.");
    assert_eq!(
        jobs.segment_failed(&late, &why, &[], None).unwrap(),
        Fence::Lost
    );
    assert_eq!(
        jobs.retry_segment_later(&late, &why, LEASE).unwrap(),
        Fence::Lost
    );
    assert_eq!(done(&jobs, &next), SegmentFence::Held);
    let history = jobs.attempts(id).unwrap();
    let lost = history.last().unwrap();
    assert_eq!((lost.kind, lost.segment), (Kind::Segment, Some(0)));
    assert_eq!(
        (lost.number, lost.outcome),
        (1, Some(Outcome::LeaseExpired))
    );
}

#[test]
fn the_worker_that_joins_may_crash() {
    let server = require_redis!();
    let jobs = connect(&server);
    split(&jobs);
    for _ in 0..2 {
        assert_eq!(done(&jobs, &segment(&jobs, LEASE)), SegmentFence::Held);
    }
    let dead = segment(&jobs, NO_LEASE);
    assert_eq!(done(&jobs, &dead), SegmentFence::Last);
    let next = segment(&jobs, LEASE);
    assert!(next.is_encoded);
    jobs.stage(&["mp3/joined"], LEASE).unwrap();
    assert_eq!(
        jobs.joined(&dead, &mp3(JOINED), Retention::default())
            .unwrap(),
        Fence::Lost
    );
    assert_eq!(
        jobs.joined(&next, &mp3(JOINED), Retention::default())
            .unwrap(),
        Fence::Held
    );
}

#[test]
fn a_failed_segment_ends_the_conversion_and_removes_the_others() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let first = segment(&jobs, LEASE);
    assert_eq!(done(&jobs, &first), SegmentFence::Held);
    let (second, third) = (segment(&jobs, LEASE), segment(&jobs, LEASE));
    let why = Failure::new("damaged_media", "The file is damaged.");
    assert_eq!(
        jobs.segment_failed(&second, &why, &[], Some(LEASE))
            .unwrap(),
        Fence::Held
    );
    let failed = job(&jobs, id);
    assert_eq!((failed.state, failed.error), (State::Failed, Some(why)));
    assert_eq!(done(&jobs, &third), SegmentFence::Lost);
    assert!(jobs.claim_segment("worker", LEASE).unwrap().is_none());
    assert_eq!(server.connect().count("XLEN", "tonearm:queue:segment"), 0);
    assert_eq!(jobs.expired_blobs(9).unwrap(), [blob(&first)]);
    assert_eq!(jobs.dead_letters(Queue::Convert, None, 9).unwrap().len(), 1);
}

#[test]
fn segments_of_an_earlier_plan_are_fenced_off() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let (old, dying) = (segment(&jobs, LEASE), segment(&jobs, LEASE));
    let why = Failure::new("gave_up", "No.");
    assert_eq!(
        jobs.segment_failed(&dying, &why, &[], Some(LEASE)).unwrap(),
        Fence::Held
    );
    assert_eq!(jobs.requeue(Queue::Convert, id).unwrap(), Requeued::Done);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(
        jobs.split(&claimed, "all", &SPECS.map(str::to_owned))
            .unwrap(),
        Fence::Held
    );
    let new = segment(&jobs, LEASE);
    assert_eq!((old.number, old.attempt), (new.number, new.attempt));
    assert_eq!(done(&jobs, &old), SegmentFence::Lost);
    assert_eq!(jobs.renew_segment(&old, LEASE, 0.5).unwrap(), Fence::Lost);
    assert_eq!(done(&jobs, &new), SegmentFence::Held);
}

#[test]
fn a_retried_segment_is_due_after_its_pause() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let claimed = segment(&jobs, LEASE);
    let why = Failure::new("files_unavailable", "The file store could not be reached.");
    assert_eq!(
        jobs.retry_segment_later(&claimed, &why, LEASE).unwrap(),
        Fence::Held
    );
    assert_eq!(job(&jobs, id).error, Some(why));
    assert_eq!(segment(&jobs, LEASE).number, 1);
    assert_eq!(segment(&jobs, LEASE).number, 2);
    assert!(jobs.claim_segment("worker", LEASE).unwrap().is_none());
    server.connect().expire_all("tonearm:queue:segment:leases");
    let again = segment(&jobs, LEASE);
    assert_eq!((again.number, again.attempt), (0, 2));
    assert_eq!(
        jobs.attempts(id).unwrap().last().unwrap().outcome,
        Some(Outcome::Retrying)
    );
}

#[test]
fn parts_are_kept_as_long_as_their_mp3() {
    for mp3_kept in [None, Some(LEASE)] {
        let server = require_redis!();
        let jobs = connect(&server);
        let id = split(&jobs);
        let claims = [(); 3].map(|()| segment(&jobs, LEASE));
        let holds = claims.each_ref().map(|claim| done(&jobs, claim));
        assert_eq!(
            holds,
            [SegmentFence::Held, SegmentFence::Held, SegmentFence::Last]
        );
        jobs.stage(&["mp3/joined"], LEASE).unwrap();
        let retention = Retention {
            video: LEASE,
            mp3: mp3_kept,
        };
        assert_eq!(
            jobs.joined(&claims[2], &mp3(JOINED), retention).unwrap(),
            Fence::Held
        );
        assert_eq!(jobs.expired_blobs(9).unwrap(), [""; 0]);
        let redis = server.connect();
        redis.expire_all("tonearm:garbage");
        let due = jobs.expired_blobs(9).unwrap();
        assert_eq!(
            due.contains(&blob(&claims[0])),
            mp3_kept.is_some(),
            "{due:?}"
        );
        assert_eq!(due.contains(&"mp3/joined".to_owned()), mp3_kept.is_some());
        assert!(jobs.delete(id, "u1").unwrap());
        let due = jobs.expired_blobs(9).unwrap();
        assert_eq!(due.len(), 5, "the video, the MP3 and three parts: {due:?}");
        assert!(
            redis
                .keys()
                .iter()
                .all(|key| !key.contains(&id.to_string()))
        );
    }
}

#[test]
fn deleting_a_job_removes_its_segments() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = split(&jobs);
    let claimed = segment(&jobs, LEASE);
    assert_eq!(done(&jobs, &claimed), SegmentFence::Held);
    let other = segment(&jobs, LEASE);
    assert!(jobs.delete(id, "u1").unwrap());
    assert_eq!(done(&jobs, &other), SegmentFence::Lost);
    assert!(jobs.claim_segment("worker", LEASE).unwrap().is_none());
    assert!(jobs.expired_blobs(9).unwrap().contains(&blob(&claimed)));
    assert!(
        server
            .connect()
            .keys()
            .iter()
            .all(|key| !key.contains(&id.to_string()))
    );
}

#[test]
fn an_expired_part_is_rejected() {
    let server = require_redis!();
    let jobs = connect(&server);
    split(&jobs);
    let claimed = segment(&jobs, LEASE);
    jobs.stage(&[&blob(&claimed)], Duration::ZERO).unwrap();
    assert_eq!(
        jobs.segment_done(&claimed, &blob(&claimed), "part")
            .unwrap(),
        SegmentFence::Lost
    );
}

#[test]
fn a_lost_claim_splits_nothing() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let late = claim(&jobs, Queue::Convert, NO_LEASE);
    let next = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(
        jobs.split(&late, "", &SPECS.map(str::to_owned)).unwrap(),
        Fence::Lost
    );
    assert_eq!(jobs.renew(&next, LEASE, 0.1).unwrap(), Fence::Held);
}

#[test]
fn due_segments_notify_on_the_channel_of_the_conversions() {
    let server = require_redis!();
    let jobs = connect(&server);
    split(&jobs);
    assert!(jobs.notify_if_due(Queue::Convert).unwrap());
    server
        .connect()
        .run("DEL", &["tonearm:queue:video:last_notified"])
        .unwrap();
    for _ in SPECS {
        segment(&jobs, LEASE);
    }
    assert!(!jobs.notify_if_due(Queue::Convert).unwrap());
}

#[test]
fn repeated_calls_change_nothing() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let split_again = || {
        jobs.split(&claimed, "all", &SPECS.map(str::to_owned))
            .unwrap()
    };
    assert_eq!([split_again(), split_again()], [Fence::Held, Fence::Held]);
    let claims = [(); 3].map(|()| segment(&jobs, LEASE));
    assert!(jobs.claim_segment("worker", LEASE).unwrap().is_none());
    for (claim, expected) in
        claims
            .iter()
            .zip([SegmentFence::Held, SegmentFence::Held, SegmentFence::Last])
    {
        assert_eq!(done(&jobs, claim), expected);
        let part = format!("part {}", claim.number);
        assert_eq!(
            jobs.segment_done(claim, &blob(claim), &part).unwrap(),
            expected
        );
        assert_eq!(
            jobs.segment_done(claim, "mp3/other", "other").unwrap(),
            SegmentFence::Lost
        );
    }
}

#[test]
fn a_split_conversion_is_lost_to_the_worker_that_split_it() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let fence = jobs
        .split(&claimed, "all", &SPECS.map(str::to_owned))
        .unwrap();
    assert_eq!(fence, Fence::Held);
    let why = Failure::new("queue_unavailable", "The queue could not be reached.");
    jobs.stage(&[&mp3(JOINED).blob], LEASE).unwrap();
    assert_eq!(jobs.renew(&claimed, LEASE, 0.5).unwrap(), Fence::Lost);
    assert_eq!(
        jobs.retry_later(&claimed, &why, LEASE).unwrap(),
        Fence::Lost
    );
    assert_eq!(jobs.failed(&claimed, &why, &[], None).unwrap(), Fence::Lost);
    assert_eq!(
        jobs.converted(&claimed, &mp3(JOINED), Retention::default())
            .unwrap(),
        Fence::Lost
    );
    assert_eq!(job(&jobs, id).state, State::Converting);
    assert_eq!(segment(&jobs, LEASE).number, 0);
}
