//! The ends of conversions and emails.

use crate::redis::{LEASE, NO_LEASE, accept, claim, connect, mp3};
use tonearm_jobs::{Failure, Fence, MailState, Queue, Retention, State};
use tonearm_test_tools::require_redis;

#[test]
fn a_done_job_leaves_its_queue_and_queues_its_email() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let files = accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&claimed, &mp3, Retention::default())
            .unwrap(),
        Fence::Held
    );

    assert_eq!(redis.count("XLEN", "tonearm:queue:video"), 0);
    assert_eq!(redis.count("ZCARD", "tonearm:queue:video:leases"), 0);
    assert_eq!(jobs.active("u1").unwrap(), 0);
    assert_eq!(
        jobs.expired_blobs(9).unwrap(),
        [files[0].blob.clone()],
        "the video expires"
    );

    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!((mail.job.id, mail.attempt), (claimed.job.id, 1));
    assert_eq!(
        (mail.job.state, mail.job.mail),
        (State::Done, Some(MailState::Sending))
    );
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Held);
    assert_eq!(redis.count("XLEN", "tonearm:queue:mp3"), 0);
    let job = jobs.get(claimed.job.id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.mail), (State::Done, Some(MailState::Sent)));
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Fence::Lost);
}

#[test]
fn a_permanent_failure_sets_the_status_and_queues_an_email() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let files = accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let failure = Failure::new("no_audio_track", "The file has no audio track.");
    assert_eq!(
        jobs.failed(&claimed, &failure, &[], None).unwrap(),
        Fence::Held
    );
    let job = jobs.get(claimed.job.id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.error), (State::Failed, Some(failure)));
    assert_eq!(jobs.expired_blobs(9).unwrap(), [files[0].blob.clone()]);
    assert_eq!(redis.count("XLEN", "tonearm:queue:video"), 0);
    assert_eq!(redis.count("XLEN", "tonearm:queue:video:dead"), 0);
    assert_eq!(claim(&jobs, Queue::Notify, LEASE).job.state, State::Failed);
}

#[test]
fn work_that_is_given_up_becomes_a_dead_letter_and_keeps_its_video() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    let failure = Failure::new("gave_up", "Tried too often.");
    assert_eq!(
        jobs.failed(&claimed, &failure, &[], Some(LEASE)).unwrap(),
        Fence::Held
    );
    assert_eq!(redis.count("XLEN", "tonearm:queue:video:dead"), 1);
    assert_eq!(jobs.expired_blobs(9).unwrap(), Vec::<String>::new());
}

#[test]
fn an_unsent_email_never_hides_the_mp3() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    accept(&jobs, 1);
    let claimed = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&claimed, &mp3, Retention::default())
            .unwrap(),
        Fence::Held
    );
    let failure = Failure::new("email_api", "The email API answered 500.");

    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(
        jobs.retry_later(&mail, &failure, NO_LEASE).unwrap(),
        Fence::Held
    );
    let mail = claim(&jobs, Queue::Notify, LEASE);
    assert_eq!(mail.attempt, 2);
    assert_eq!(jobs.mailed(&mail, Err(&failure)).unwrap(), Fence::Held);

    let job = jobs.get(claimed.job.id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.mp3), (State::Done, Some(mp3)));
    assert_eq!(
        (job.mail, job.mail_error),
        (Some(MailState::Failed), Some(failure))
    );
    assert_eq!(job.error, None);
    assert_eq!(redis.count("XLEN", "tonearm:queue:mp3:dead"), 1);
}
