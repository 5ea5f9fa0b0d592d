//! `GET /admin/overview`.

use serde_json::json;

use crate::request::get;
use crate::world::World;

#[test]
fn administrators_see_queues_failures_and_counters() {
    let world = World::new();
    world.add_job("ada", |_| {});
    let counters = [
        ("conversions_failed:unsupported_codec", 3),
        ("attempts:convert", 7),
        ("retries:convert:files_unavailable", 2),
    ];
    for (name, count) in counters {
        world.contents().counters.insert(name.to_owned(), count);
    }
    let overview = get("/admin/overview").of(&world, "admin").send(&world);
    assert_eq!(overview.status(), 200);
    let expected = json!({
        "queues": { "video": { "waiting": 1, "running": 0, "due_seconds": 0.0, "dead": 0 } },
        "failures": { "unsupported_codec": 3 },
        "counters": {
            "jobs_accepted": 1,
            "attempts": { "convert": 7 },
            "retries": { "convert:files_unavailable": 2 },
        },
    });
    assert_eq!(overview.json(), expected);
}
