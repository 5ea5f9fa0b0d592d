//! The options of an upload: from its query, its form, and the operator's defaults.

use serde_json::json;

use crate::request::{Form, call, get};
use crate::world::World;

#[test]
fn options_apply_to_all_files_wherever_they_stand() {
    let world = World::new();
    let form = Form::new()
        .and_field("normalize", "true")
        .and_file("file", "a.mp4", b"a")
        .and_field("mono", "yes")
        .and_file("file", "b.mp4", b"b")
        .and_field("title", "")
        .and_field("start", "1:30");
    let reply = call("POST", "/upload?artist=%C3%84rzte&quality=2")
        .form(&form)
        .of(&world, "ada")
        .send(&world);
    assert_eq!(reply.status(), 202, "{reply:?}");
    let reply = reply.json();
    let jobs = reply["jobs"].as_array().unwrap();
    let expected = json!({
        "quality": 2, "effort": 7, "reencode": true, "mono": true, "normalize": -16.0,
        "start": 90.0, "artist": "Ärzte",
    });
    assert_eq!(jobs.len(), 2);
    for job in jobs {
        assert_eq!(job["options"], expected);
    }
    let listed = get("/jobs").of(&world, "ada").send(&world).json();
    for job in listed["jobs"].as_array().unwrap() {
        assert_eq!(job["options"], expected);
        let path = format!("/jobs/{}", job["id"].as_str().unwrap());
        let shown = get(&path).of(&world, "ada").send(&world).json();
        assert_eq!(shown["options"], expected);
    }
}

#[test]
fn the_operators_defaults_apply_at_the_time_of_the_upload() {
    let world = World::new();
    for (name, value) in [
        ("mp3_bitrate", "128"),
        ("mp3_effort", "4"),
        ("mp3_mono", "true"),
        ("mp3_normalize", "true"),
        ("normalize_lufs", "-23"),
    ] {
        world.set_variable(name, value);
    }
    let upload = |query: &str| {
        let request = call("POST", &format!("/upload{query}"));
        let request = request.form(&Form::file("a.mp4", b"a"));
        request.of(&world, "ada").send(&world).only_job()
    };
    let job = upload("");
    assert_eq!(
        job["options"],
        json!({"bitrate": 128, "effort": 4, "mono": true, "normalize": -23.0})
    );
    assert_eq!(
        upload("?quality=3&mono=false&normalize=false")["options"],
        json!({"quality": 3, "effort": 4, "reencode": true})
    );
    world.set_variable("mp3_bitrate", "320");
    world.set_variable("normalize_lufs", "-10");
    let path = format!("/jobs/{}", job["id"].as_str().unwrap());
    let shown = get(&path).of(&world, "ada").send(&world).json();
    assert_eq!(
        shown["options"], job["options"],
        "a later change has no effect"
    );
}
