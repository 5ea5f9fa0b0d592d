//! `PATCH /jobs/ID` and `POST /jobs/ID/convert`.

use serde_json::json;
use tonearm_jobs::{Failure, MailState, State};

use crate::request::{Call, call, get};
use crate::world::{NOW, World};

fn ada(world: &World, method: &str, path: &str) -> Call {
    call(method, path).of(world, "ada")
}

fn json_body(call: Call, body: &serde_json::Value) -> Call {
    let call = call.header("content-type", "application/json; charset=utf-8");
    call.body(body.to_string())
}

#[test]
fn a_new_name_is_cleaned_like_that_of_an_upload() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    let path = format!("/jobs/{id}");
    for (body, name) in [
        ("name=K%C3%A4se+%26+Wein.mp4", "Käse & Wein.mp4"),
        ("name=AC%2FDC.mp4", "AC-DC.mp4"),
        ("name=..%2F..%2Fetc%2Fpasswd", "-..-etc-passwd"),
        ("name=%3Cb%3Ebold%3C%2Fb%3E", "<b>bold<-b>"),
        ("name=a%0Ab", "ab"),
    ] {
        let reply = ada(&world, "PATCH", &path).body(body).send(&world);
        assert_eq!(reply.status(), 200, "{reply:?}");
        assert_eq!(reply.json()["name"], name, "{body}");
    }
    let reply = json_body(
        ada(&world, "PATCH", &path),
        &json!({"name": "talk \u{202E}3pm"}),
    );
    assert_eq!(reply.send(&world).json()["name"], "talk 3pm");
    let download = get(&format!("/download?fid={id}"))
        .of(&world, "ada")
        .send(&world);
    let disposition = download.header("content-disposition");
    assert!(disposition.contains("talk 3pm.mp3"), "{disposition}");
}

/// A finished job of ada's whose video is kept for an hour.
fn kept(world: &World) -> tonearm_jobs::JobId {
    let id = world.add_mp3("ada", b"former");
    let until = NOW.as_millis() as u64 + 3_600_000;
    let mut contents = world.contents();
    contents.jobs.get_mut(&id).unwrap().video_kept_until_ms = Some(until);
    id
}

#[test]
fn a_job_says_until_when_it_can_be_converted_again() {
    let world = World::new();
    let id = kept(&world);
    let shown = ada(&world, "GET", &format!("/jobs/{id}"))
        .send(&world)
        .json();
    assert_eq!(shown["video_kept_until"], "2026-01-01T01:00:00Z");
    let id = world.add_mp3("ada", b"mp3");
    let shown = ada(&world, "GET", &format!("/jobs/{id}"))
        .send(&world)
        .json();
    assert_eq!(shown.get("video_kept_until"), None);
}

#[test]
fn options_come_from_query_form_or_json_and_others_are_the_defaults() {
    let world = World::new();
    let expected = json!({
        "bitrate": 128, "effort": 7, "reencode": true, "start": 90.0, "title": "Ärzte",
    });
    let query = "bitrate=128&start=1:30&title=%C3%84rzte";
    let json = json!({"bitrate": 128, "start": 90, "title": "Ärzte", "end": null});
    type Build = fn(Call, &str, &serde_json::Value) -> Call;
    let forms: [(&str, Build); 3] = [
        ("?bitrate=128&start=1:30&title=%C3%84rzte", |call, _, _| {
            call
        }),
        ("", |call, form, _| call.body(form)),
        ("", |call, _, json| json_body(call, json)),
    ];
    for (suffix, build) in forms {
        let id = kept(&world);
        let call = ada(&world, "POST", &format!("/jobs/{id}/convert{suffix}"));
        let reply = build(call, query, &json).send(&world);
        assert_eq!(reply.status(), 202, "{reply:?}");
        let job = reply.json();
        assert_eq!(job["options"], expected, "{suffix}");
        assert_eq!(
            (&job["state"], &job["id"]),
            (&json!("queued"), &json!(id.to_string()))
        );
        world.contents().jobs.remove(&id);
    }
}

#[test]
fn the_former_mp3_can_be_downloaded_until_there_is_another_one() {
    let world = World::new();
    let id = kept(&world);
    let reply = ada(&world, "POST", &format!("/jobs/{id}/convert")).send(&world);
    assert_eq!(reply.status(), 202);
    let path = format!("/download?fid={id}");
    for state in [State::Queued, State::Converting, State::Failed] {
        let mut contents = world.contents();
        let job = contents.jobs.get_mut(&id).unwrap();
        job.state = state;
        job.error = (state == State::Failed).then(|| Failure::new("x", "X."));
        drop(contents);
        let download = ada(&world, "GET", &path).send(&world);
        assert_eq!(download.body(), b"former", "{state:?}");
        let shown = ada(&world, "GET", &format!("/jobs/{id}"))
            .send(&world)
            .json();
        assert_eq!(shown["links"]["download"], path, "{state:?}");
        assert_eq!(shown["mp3"]["size"], 6, "{state:?}");
    }
}

/// The email was sent long ago, but the job changes again.
#[test]
fn a_job_that_is_converted_again_is_followed_to_its_end() {
    let world = World::new();
    let id = kept(&world);
    let reply = ada(&world, "POST", &format!("/jobs/{id}/convert")).send(&world);
    assert_eq!(reply.json()["mail"]["state"], "sent");
    crate::events::on_poll(&world, move |poll, contents| {
        let job = contents.jobs.get_mut(&id).unwrap();
        assert_eq!(job.mail, Some(MailState::Sent));
        if poll == 3 {
            job.state = State::Done;
        }
    });
    let events = ada(&world, "GET", &format!("/jobs/{id}/events")).send(&world);
    assert_eq!(events.text().matches("event: job").count(), 2);
    assert!(
        !world.contents().notified.is_empty(),
        "its workers are notified"
    );
}
