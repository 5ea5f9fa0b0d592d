//! Deleting a job at any point of its life.

use crate::redis::{LEASE, Server, accept, claim, mp3};
use tonearm_jobs::{Hold, Queue, Retention};

#[test]
fn a_queued_job_is_forgotten() {
    let server = Server::start();
    let jobs = server.jobs();
    let file = accept(&jobs, 1).remove(0);
    assert!(!jobs.delete(file.id, "u2").unwrap(), "somebody else's");
    assert!(jobs.delete(file.id, "u1").unwrap());
    assert!(!jobs.delete(file.id, "u1").unwrap(), "a second time");
    assert!(jobs.claim(Queue::Video, "worker", LEASE).unwrap().is_none());
    assert_eq!(jobs.sweepable(9).unwrap(), [file.blob]);
}

#[test]
fn a_job_deleted_while_being_converted_is_lost_to_its_worker() {
    let server = Server::start();
    let jobs = server.jobs();
    accept(&jobs, 1);
    let held = claim(&jobs, Queue::Video, LEASE);
    assert!(jobs.delete(held.job.id, "u1").unwrap());
    assert_eq!(jobs.renew(&held, LEASE, 0.5).unwrap(), Hold::Lost);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&held, &mp3, Retention::default()).unwrap(),
        Hold::Lost
    );
    let keys = server.connect().keys();
    // An emptied stream keeps its consumer group and so its key.
    assert_eq!(
        keys,
        ["tonearm:metrics", "tonearm:queue:video", "tonearm:sweep"]
    );
}

#[test]
fn a_done_job_takes_its_mail_and_its_mp3_along() {
    let server = Server::start();
    let jobs = server.jobs();
    accept(&jobs, 1);
    let held = claim(&jobs, Queue::Video, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&held, &mp3, Retention::default()).unwrap(),
        Hold::Kept
    );
    let mail = claim(&jobs, Queue::Mp3, LEASE);
    assert!(jobs.delete(held.job.id, "u1").unwrap());
    assert_eq!(jobs.mailed(&mail, Ok(())).unwrap(), Hold::Lost);
    assert!(jobs.claim(Queue::Mp3, "worker", LEASE).unwrap().is_none());
    assert!(jobs.sweepable(9).unwrap().contains(&"mp3/a".to_owned()));
    assert_eq!(jobs.list("u1", None, 9).unwrap(), []);
}
