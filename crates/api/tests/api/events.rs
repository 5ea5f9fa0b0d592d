//! `GET /jobs/ID/events`: a job's changes as server-sent events.

use std::time::Duration;

use serde_json::Value;
use tonearm_jobs::{JobId, MailState, State};

use crate::queue::Contents;
use crate::request::{Reply, get};
use crate::world::World;

/// Runs `change` on each poll, with the number of the poll.
pub fn on_poll(world: &World, mut change: impl FnMut(usize, &mut Contents) + 'static) {
    let mut polls = 0;
    *world.on_sleep.borrow_mut() = Some(Box::new(move |contents| {
        polls += 1;
        change(polls, contents);
    }));
}

fn watch(world: &World, id: JobId) -> Reply {
    let reply = get(&format!("/jobs/{id}/events"))
        .of(world, "ada")
        .send(world);
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(reply.header("cache-control"), "no-store");
    reply
}

#[test]
fn each_change_is_one_event_until_the_email_is_sent() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    on_poll(&world, move |poll, contents| {
        let job = contents.jobs.get_mut(&id).unwrap();
        match poll {
            2 => (job.state, job.progress) = (State::Converting, 0.5),
            4 => (job.state, job.mail) = (State::Done, Some(MailState::Pending)),
            6 => job.mail = Some(MailState::Sent),
            _ => {}
        }
    });
    let text = watch(&world, id).text();
    let events: Vec<_> = text.split_terminator("\n\n").collect();
    assert_eq!(events.len(), 4, "{text}");
    let jobs: Vec<Value> = events
        .iter()
        .map(|event| event.strip_prefix("event: job\ndata: ").unwrap())
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let states: Vec<_> = jobs
        .iter()
        .map(|job| job["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["queued", "converting", "done", "done"]);
    let shown = get(&format!("/jobs/{id}"))
        .of(&world, "ada")
        .send(&world)
        .json();
    assert_eq!(jobs[3], shown, "an event is the job as GET shows it");
}

#[test]
fn the_stream_of_a_finished_job_ends_at_once() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    for mail in [MailState::Sent, MailState::Failed, MailState::Skipped] {
        world.contents().jobs.get_mut(&id).unwrap().mail = Some(mail);
        let text = watch(&world, id).text();
        assert_eq!(text.matches("event: job").count(), 1, "{text}");
        assert!(world.elapsed.get().is_zero());
    }
}

#[test]
fn a_deletion_is_the_last_event() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    on_poll(&world, move |_, contents| {
        contents.jobs.remove(&id);
    });
    let text = watch(&world, id).text();
    assert!(text.starts_with("event: job\n"), "{text}");
    assert!(text.ends_with("\n\nevent: gone\ndata: {}\n\n"), "{text}");
}

#[test]
fn a_quiet_stream_is_kept_alive_and_ends_after_an_hour() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    let text = watch(&world, id).text();
    let comments = text.matches(": still here\n\n").count();
    assert!((220..=240).contains(&comments), "{comments} comments");
    let elapsed = world.elapsed.get();
    let hour = Duration::from_secs(3600);
    assert!(
        elapsed >= hour && elapsed < hour + Duration::from_secs(2),
        "{elapsed:?}"
    );
}

#[test]
fn the_stream_ends_when_the_queue_fails() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    on_poll(&world, |_, contents| contents.is_down = true);
    let text = watch(&world, id).text();
    assert_eq!(text.matches("event: ").count(), 1, "{text}");
}

#[test]
fn watching_notifies_the_workers_that_the_job_waits_for() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    on_poll(&world, move |poll, contents| {
        if poll == 2 {
            contents.jobs.remove(&id);
        }
    });
    watch(&world, id);
    assert_eq!(world.contents().notified, [tonearm_jobs::Queue::Convert]);
}
