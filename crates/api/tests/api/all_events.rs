//! `GET /events`: the changes of all jobs of a user as server-sent events.

use std::time::Duration;

use serde_json::Value;
use tonearm_api::JobQueue;
use tonearm_jobs::{Queue, State};

use crate::events::on_poll;
use crate::request::{Call, call, get};
use crate::world::{LIFETIME, World};

/// The events of a stream: their names and data.
fn events(text: &str) -> Vec<(String, Value)> {
    let blocks = text.split("\n\n").filter_map(|block| {
        let (name, data) = block.strip_prefix("event: ")?.split_once("\ndata: ")?;
        Some((name.to_owned(), serde_json::from_str(data).unwrap()))
    });
    blocks.collect()
}

fn ids(text: &str) -> Vec<u64> {
    let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.map(|id| id.parse().unwrap()).collect()
}

fn follow(world: &World) -> Call {
    get("/events").of(world, "ada")
}

/// Ends the stream after this number of polls.
fn end_after(world: &World, polls: usize) {
    on_poll(world, move |poll, contents| {
        contents.is_down = poll == polls
    });
}

#[test]
fn a_stream_begins_with_what_is_unfinished_or_has_just_changed() {
    let world = World::new();
    let recent = crate::world::NOW.as_millis() as u64;
    world.contents().now_ms = recent + 3_600_000;
    let queued = world.add_job("ada", |_| {});
    let done = world.add_mp3("ada", b"mp3");
    let old = world.add_mp3("ada", b"mp3");
    world.add_job("bob", |_| {});
    world.contents().jobs.get_mut(&done).unwrap().updated_ms = recent + 3_590_000;
    end_after(&world, 1);
    let reply = follow(&world).send(&world);
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(reply.header("cache-control"), "no-store");
    let text = reply.text();
    let seen: Vec<_> = events(&text)
        .into_iter()
        .map(|(name, job)| (name, job["id"].as_str().unwrap().to_owned()))
        .collect();
    let job = |id: tonearm_jobs::JobId| ("job".to_owned(), id.to_string());
    assert_eq!(seen, [job(queued), job(done)], "{old} has long ended");
    assert_eq!(ids(&text), [recent + 3_601_000]);
    assert!(text.ends_with("\n\n"));
    assert!(world.contents().notified.contains(&Queue::Convert));
}

#[test]
fn a_job_in_the_stream_is_the_job_of_the_list() {
    let world = World::new();
    world.add_job("ada", |job| job.progress = 0.5);
    end_after(&world, 1);
    let listed = get("/jobs").of(&world, "ada").send(&world).json();
    let text = follow(&world).send(&world).text();
    assert_eq!(events(&text)[0].1, listed["jobs"][0]);
}

#[test]
fn changes_and_deletions_follow() {
    let world = World::new();
    let kept = world.add_job("ada", |job| job.updated_ms = 0);
    let gone = world.add_job("ada", |job| job.updated_ms = 0);
    *world.on_sleep.borrow_mut() = Some(Box::new(move |contents| match contents.now_ms {
        3000 => {
            let now_ms = contents.now_ms + 500;
            let job = contents.jobs.get_mut(&kept).unwrap();
            (job.state, job.updated_ms) = (State::Converting, now_ms);
        }
        5000 => {
            contents.jobs.remove(&gone);
            contents.gone.push((gone, "ada".to_owned(), 5500));
        }
        8000 => contents.is_down = true,
        _ => {}
    }));
    let text = follow(&world).send(&world).text();
    let seen: Vec<_> = events(&text).into_iter().skip(2).collect();
    assert_eq!(seen.len(), 2, "{text}");
    assert_eq!(seen[0].1["state"], "converting");
    assert_eq!(
        seen[1],
        (
            "gone".to_owned(),
            serde_json::json!({"id": gone.to_string()})
        )
    );
    assert_eq!(
        ids(&text),
        [1000, 4000, 6000],
        "behind the events of a query"
    );
}

#[test]
fn a_client_that_reconnects_gets_what_it_missed() {
    let world = World::new();
    let missed = world.add_job("ada", |job| job.updated_ms = 5000);
    world.add_job("ada", |job| job.updated_ms = 4000);
    let gone = world.add_job("ada", |_| {});
    world.contents().now_ms = 6000;
    assert!(world.queue.delete(gone, "ada").unwrap());
    end_after(&world, 1);
    let text = follow(&world)
        .header("last-event-id", "4500")
        .send(&world)
        .text();
    let seen: Vec<_> = events(&text)
        .into_iter()
        .map(|(_, data)| data["id"].clone())
        .collect();
    assert_eq!(seen, [gone.to_string(), missed.to_string()]);
    for nonsense in ["", "x", "-1", "99999999999999999999"] {
        world.contents().is_down = false;
        end_after(&world, 1);
        let text = follow(&world)
            .header("last-event-id", nonsense)
            .send(&world)
            .text();
        assert_eq!(events(&text).len(), 2, "{nonsense:?}: as without");
    }
}

#[test]
fn a_quiet_stream_is_kept_alive_and_ends_after_an_hour() {
    let world = World::new();
    world.contents().now_ms = 3_600_000;
    let text = get("/events").of_session(&world, "ada").send(&world).text();
    let comments = text.matches(": still here\n\n").count();
    assert!((200..=240).contains(&comments), "{comments} comments");
    assert_eq!(events(&text), []);
    assert_eq!(ids(&text).len(), 1);
    let elapsed = world.elapsed.get();
    assert!(elapsed >= Duration::from_secs(3600) && elapsed < Duration::from_secs(3603));
}

#[test]
fn the_stream_ends_with_its_token() {
    let world = World::new();
    let call = follow(&world);
    world.advance(Duration::from_secs(LIFETIME - 60));
    let before = world.elapsed.get();
    call.send(&world);
    let elapsed = world.elapsed.get() - before;
    assert!(elapsed < Duration::from_secs(180), "{elapsed:?}");
}

#[test]
fn head_gets_the_head_alone() {
    let world = World::new();
    let reply = call("HEAD", "/events").of(&world, "ada").send(&world);
    assert_eq!((reply.status(), reply.body().len()), (200, 0));
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert!(world.elapsed.get().is_zero());
}

/// The end of a job that no service has recorded as a change.
#[test]
fn each_poll_names_the_jobs_that_were_unfinished_at_the_one_before() {
    let world = World::new();
    let job = world.add_job("ada", |_| {});
    on_poll(&world, move |poll, contents| {
        if poll == 1 {
            contents.jobs.get_mut(&job).unwrap().state = State::Done;
        }
        contents.is_down = poll == 3;
    });
    follow(&world).header("last-event-id", "1").send(&world);
    let followed = world.contents().followed.clone();
    assert_eq!(followed, [None, Some(vec![job]), Some(vec![])]);
}
