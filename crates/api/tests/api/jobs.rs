//! `/jobs`: listed, shown and deleted by their owner only.

use serde_json::json;
use tonearm_jobs::{MailState, Queue, State};

use crate::request::{call, get};
use crate::world::{UNKNOWN, World};

#[test]
fn jobs_are_listed_newest_first_and_by_page() {
    let world = World::new();
    let list = |path: &str, name: &str| get(path).of(&world, name).send(&world).json();
    assert_eq!(list("/jobs", "ada"), json!({"jobs": []}));
    let mut ids: Vec<_> = (0..5)
        .map(|_| world.add_job("ada", |_| {}).to_string())
        .collect();
    ids.reverse();
    let mut seen = Vec::new();
    let mut next = Some("/jobs?limit=2".to_owned());
    while let Some(path) = next {
        let page = list(&path, "ada");
        let jobs = page["jobs"].as_array().unwrap();
        seen.extend(
            jobs.iter()
                .map(|job| job["id"].as_str().unwrap().to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
        assert!(seen.len() <= ids.len(), "the pages come to an end");
    }
    assert_eq!(seen, ids);
    assert_eq!(list("/jobs", "bob"), json!({"jobs": []}));
}

#[test]
fn a_page_has_twenty_jobs_by_default_and_a_hundred_at_most() {
    let world = World::new();
    for _ in 0..101 {
        world.add_job("ada", |_| {});
    }
    let count = |path: &str| {
        let page = get(path).of(&world, "ada").send(&world).json();
        page["jobs"].as_array().unwrap().len()
    };
    assert_eq!(count("/jobs"), 20);
    assert_eq!(count("/jobs?limit=100"), 100);
}

/// The responses about another user's job and about an unknown one are the same, byte
/// by byte.
#[test]
fn another_users_job_looks_like_an_unknown_one() {
    let world = World::new();
    let bobs = world.add_mp3("bob", b"mp3").to_string();
    for (method, path) in [
        ("GET", "/jobs/ID"),
        ("DELETE", "/jobs/ID"),
        ("GET", "/jobs/ID/events"),
        ("GET", "/download?fid=ID"),
        ("HEAD", "/download?fid=ID"),
    ] {
        let ask = |id: &str| {
            let request = call(method, &path.replace("ID", id));
            request.of(&world, "ada").send(&world)
        };
        let (theirs, unknown) = (ask(&bobs), ask(UNKNOWN));
        assert_eq!(
            (theirs.status(), theirs.code().as_str()),
            (404, "no_such_job"),
            "{path}"
        );
        assert_eq!(theirs.body(), unknown.body(), "{method} {path}");
        assert_eq!(theirs.0.headers(), unknown.0.headers(), "{method} {path}");
    }
    let status = get(&format!("/jobs/{bobs}"))
        .of(&world, "bob")
        .send(&world)
        .status();
    assert_eq!(status, 200, "bob still has it");
}

#[test]
fn nothing_but_an_id_names_a_job() {
    let world = World::new();
    for nonsense in ["x", "..", "%2e%2e", "0", "%00", "'", "*", &"a".repeat(2000)] {
        for path in [
            format!("/jobs/{nonsense}"),
            format!("/download?fid={nonsense}"),
        ] {
            let reply = get(&path).of(&world, "ada").send(&world);
            assert_eq!(reply.status(), 404, "{path}");
        }
    }
}

#[test]
fn a_deleted_job_is_gone_with_its_files() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    assert!(!world.files.blobs().is_empty());
    let request = call("DELETE", &format!("/jobs/{id}")).of(&world, "ada");
    let reply = request.send(&world);
    assert_eq!((reply.status(), reply.body().len()), (204, 0));
    assert_eq!(reply.header("content-type"), "");
    assert!(world.files.blobs().is_empty());
    assert_eq!(request.send(&world).code(), "no_such_job");
}

#[test]
fn looking_at_a_job_notifies_the_workers_that_it_waits_for() {
    for (state, queue) in [
        (State::Queued, Queue::Convert),
        (State::Converting, Queue::Convert),
        (State::Done, Queue::Notify),
        (State::Failed, Queue::Notify),
    ] {
        let world = World::new();
        let id = world.add_job("ada", |job| job.state = state);
        let reply = get(&format!("/jobs/{id}")).of(&world, "ada").send(&world);
        assert_eq!(reply.status(), 200);
        assert_eq!(world.contents().notified, [queue], "{state:?}");
    }
}

#[test]
fn nobody_is_notified_of_a_job_that_cannot_change() {
    for mail in [MailState::Sent, MailState::Failed, MailState::Skipped] {
        let world = World::new();
        let id = world.add_mp3("ada", b"mp3");
        world.contents().jobs.get_mut(&id).unwrap().mail = Some(mail);
        let reply = get(&format!("/jobs/{id}")).of(&world, "ada").send(&world);
        assert_eq!(reply.status(), 200);
        assert!(world.contents().notified.is_empty(), "{mail:?}");
    }
}
