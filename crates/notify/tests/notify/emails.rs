//! Emails about jobs, beside letters.

use std::time::Duration;

use tonearm_jobs::{Accepted, Failure, Fence, JobId, MailState, NewJob, Queue, Uploader};
use tonearm_letters::SealingKey;
use tonearm_options::Options;
use tonearm_test_tools::require_redis;

use crate::world::{ADDRESS, Answer, World};

const LEASE: Duration = Duration::from_secs(60);

/// An upload whose conversions have all failed.
fn failed_upload<const N: usize>(world: &World, is_confirmed: bool) -> [JobId; N] {
    let ids: [JobId; N] = std::array::from_fn(|_| JobId::generate());
    let files = ids.map(|id| NewJob {
        id,
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        bytes: 1000,
        blob: format!("video/{id}"),
        options: Options::default(),
    });
    let uploader = Uploader {
        owner: "u1".to_owned(),
        username: "ada@example.org".to_owned(),
        notify: true,
        is_confirmed,
        traceparent: String::new(),
    };
    let jobs = &world.jobs;
    for file in &files {
        jobs.stage(&[&file.blob], LEASE).unwrap();
    }
    assert_eq!(jobs.accept(&uploader, &files, 9).unwrap(), Accepted::All);
    let failure = Failure::new("no_audio_track", "The file has no audio track.");
    for _ in ids {
        let claim = jobs.claim(Queue::Convert, "c", LEASE).unwrap().unwrap();
        assert_eq!(
            jobs.failed(&claim, &failure, &[], None).unwrap(),
            Fence::Held
        );
    }
    ids
}

#[test]
fn letters_are_sent_before_emails_about_jobs() {
    let world = World::new(require_redis!());
    let [id] = failed_upload(&world, true);
    world.post();
    world.drain();
    let received = world.received();
    let to: Vec<_> = received.iter().map(|mail| &mail["to"]).collect();
    assert_eq!(to, [ADDRESS, "ada@example.org"]);
    assert_eq!(received[1]["job_id"], id.to_string());
    assert!(received[0].get("job_id").is_none());
}

#[test]
fn emails_about_jobs_are_sent_without_a_key_for_letters() {
    let mut world = World::new(require_redis!());
    world.settings.letter_key = SealingKey::parse("");
    let [id] = failed_upload(&world, true);
    world.post();
    world.drain();
    assert_eq!(world.received().len(), 1);
    let job = world.jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!(job.mail, Some(MailState::Sent));
}

#[test]
fn an_upload_of_several_files_has_one_email() {
    let world = World::new(require_redis!());
    let ids: [_; 3] = failed_upload(&world, true);
    world.api.answer.set(Answer::Lost);
    world.drain_times(1);
    world.api.answer.set(Answer::Status(200));
    world.drain_times(2);
    let received = world.received();
    assert_eq!(received.len(), 2, "an attempt, and another: {received:?}");
    assert_eq!(received[0], received[1]);
    let mail = &received[0];
    assert_eq!(mail["subject"], "3 files could not be converted");
    let key = format!("tonearm-{}-files", ids[0]);
    assert_eq!(mail["idempotency_key"], key);
    for id in ids {
        assert!(mail["text"].as_str().unwrap().contains(&id.to_string()));
    }
}

#[test]
fn the_subject_names_the_file_to_a_confirmed_address_only() {
    for (is_confirmed, subject) in [
        (true, "Could not convert talk.mp4"),
        (false, "Could not convert your file"),
    ] {
        let world = World::new(require_redis!());
        let [_] = failed_upload(&world, is_confirmed);
        world.drain();
        assert_eq!(world.received()[0]["subject"], subject);
    }
}
