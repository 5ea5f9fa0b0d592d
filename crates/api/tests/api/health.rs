//! `GET /healthz`.

use std::time::Duration;

use serde_json::json;
use tonearm_blobs::Store;
use tonearm_jobs::Queue;

use crate::request::get;
use crate::world::World;

#[test]
fn a_health_check_notifies_workers_and_collects_garbage() {
    let world = World::new();
    world.files.set("video/old/0", b"chunk").unwrap();
    let staged = [
        ("video/old", Duration::ZERO),
        ("video/new", Duration::from_secs(9)),
    ];
    let staged = staged.map(|(blob, delay)| (blob.to_owned(), delay));
    world.contents().staged.extend(staged);
    let reply = get("/healthz").send(&world);
    assert_eq!(
        (reply.status(), reply.json()),
        (200, json!({"status": "ok"}))
    );
    insta::assert_snapshot!(reply.text());
    let contents = world.contents();
    assert_eq!(contents.notified, [Queue::Convert, Queue::Notify]);
    assert_eq!(contents.staged.keys().collect::<Vec<_>>(), ["video/new"]);
}

#[test]
fn a_health_check_deletes_jobs_of_deleted_accounts_with_their_files() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    let other = world.add_mp3("grace", b"mp3");
    let account = "ada".to_owned();
    world.contents().deleted_accounts.insert(account);
    assert_eq!(get("/healthz").send(&world).status(), 200);
    let contents = world.contents();
    assert!(!contents.jobs.contains_key(&id) && contents.jobs.contains_key(&other));
    let kept = other.to_string();
    let blobs = world.files.blobs();
    assert!(
        !blobs.is_empty() && blobs.iter().all(|blob| blob.contains(&kept)),
        "{blobs:?}"
    );
}

#[test]
fn garbage_that_cannot_be_deleted_stays_registered() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    let request = crate::request::call("DELETE", &format!("/jobs/{id}")).of(&world, "ada");
    // Tokens are verified with a cached key set.
    assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
    assert_eq!(request.send(&world).status(), 204);
    assert!(world.files.blobs().is_empty());
    assert!(world.contents().staged.is_empty());
}
