//! `GET /limits`: what a client may send, and what it gets without options.

use serde_json::json;

use crate::request::get;
use crate::world::World;

#[test]
fn anyone_reads_the_limits_and_the_defaults_of_options() {
    let world = World::new();
    let limits = get("/limits").send(&world);
    assert_eq!(limits.status(), 200);
    assert_eq!(
        limits.json(),
        json!({
            "upload_max_bytes": 100_000,
            "upload_max_files": 3,
            "user_max_active_jobs": 5,
            "defaults": { "quality": 1, "effort": 7 },
        })
    );
}

#[test]
fn the_defaults_are_those_of_the_operator() {
    let world = World::new();
    world.set_variable("mp3_bitrate", "128");
    world.set_variable("mp3_normalize", "true");
    let limits = get("/limits").send(&world).json();
    let expected = json!({ "bitrate": 128, "effort": 7, "normalize": -16.0 });
    assert_eq!(limits["defaults"], expected);
}
