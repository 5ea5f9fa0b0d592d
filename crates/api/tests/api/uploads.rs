//! `POST /upload`: what is stored, what is accepted, and what remains after a failure.

use std::time::Duration;

use http::Request;
use tonearm_api::{Answer, Progress, answer};
use tonearm_jobs::State;

use crate::queue::AcceptResult;
use crate::request::{Form, get, upload};
use crate::world::World;

#[test]
fn an_upload_is_answered_with_its_jobs() {
    let world = World::new();
    let reply = upload(&Form::file("holiday.mp4", b"0123456789"))
        .of(&world, "ada")
        .send(&world);
    let job = reply.only_job();
    let id = job["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), format!("/jobs/{id}"));
    let shown = get(&format!("/jobs/{id}"))
        .of(&world, "ada")
        .send(&world)
        .json();
    assert_eq!(job, shown);
    let text = reply.text().replace(id, "[id]");
    insta::assert_snapshot!("one_job", text);

    let two = Form::file("a.mp4", b"a").and_file("file", "b.mp4", b"bb");
    let reply = upload(&two).of(&world, "ada").send(&world);
    assert_eq!((reply.status(), reply.header("location")), (202, ""));
    let jobs = reply.json()["jobs"].as_array().cloned().unwrap();
    let mut text = reply.text();
    for (number, job) in jobs.iter().enumerate() {
        text = text.replace(job["id"].as_str().unwrap(), &format!("[id {number}]"));
    }
    insta::assert_snapshot!("two_jobs", text);
}

#[test]
fn names_are_kept_readable_and_harmless() {
    for (given, kept) in [
        ("Käse & Wein.mp4", "Käse & Wein.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Videos\\\\a.mov", "a.mov"),
        ("...", "upload"),
    ] {
        let world = World::new();
        let request = upload(&Form::file(given, b"x")).of(&world, "ada");
        assert_eq!(request.send(&world).only_job()["name"], kept, "{given}");
    }
}

#[test]
fn the_limits_are_exact() {
    let world = World::new();
    let of_size = |bytes| upload(&Form::file("v.mp4", &vec![0; bytes])).of(&world, "ada");
    assert_eq!(of_size(100_000).send(&world).status(), 202);
    let stored = world.files.blobs();
    assert_eq!(of_size(100_001).send(&world).code(), "file_too_large");
    assert_eq!(world.files.blobs(), stored);

    let files = |count| (0..count).fold(Form::new(), |form, _| form.and_file("file", "v", b"x"));
    let upload_of = |count, name| upload(&files(count)).of(&world, name).send(&world);
    assert_eq!(upload_of(4, "ada").code(), "too_many_files");
    assert_eq!(upload_of(3, "ada").status(), 202);
    assert_eq!(upload_of(2, "ada").code(), "too_many_jobs");
    assert_eq!(upload_of(1, "ada").status(), 202);
    assert_eq!(upload_of(1, "ada").code(), "too_many_jobs");
    assert_eq!(
        upload_of(3, "bob").status(),
        202,
        "each user has a limit of their own"
    );
    for job in world.contents().jobs.values_mut() {
        job.state = State::Done;
    }
    assert_eq!(
        upload_of(3, "ada").status(),
        202,
        "only unfinished jobs count"
    );
}

#[test]
fn a_file_is_refused_at_its_first_byte_beyond_the_limit() {
    let world = World::new();
    let head = Request::post("/upload")
        .header("content-type", Form::MEDIA_TYPE)
        .header("authorization", format!("Bearer {}", world.token("ada")))
        .body(())
        .unwrap();
    let Answer::ReadBody(mut reader) = answer(&world, &head) else {
        panic!("the body is read");
    };
    let body = Form::file("v.mp4", &vec![0; 500_000]).body();
    let mut sent = 0;
    for piece in body.chunks(1000) {
        if reader.push(piece.to_vec()).is_err() {
            break;
        }
        sent += piece.len();
    }
    assert!((99_000..102_000).contains(&sent), "{sent}");
    drop(reader);
    assert!(world.files.blobs().is_empty());
}

#[test]
fn blobs_are_staged_before_their_first_byte_and_again_every_minute() {
    let world = World::new();
    let head = Request::post("/upload")
        .header("content-type", Form::MEDIA_TYPE)
        .header("authorization", format!("Bearer {}", world.token("ada")))
        .body(())
        .unwrap();
    let Answer::ReadBody(mut reader) = answer(&world, &head) else {
        panic!("the body is read");
    };
    let form = Form::file("v.mp4", &[0; 9000]);
    let body = form.body();
    let (start, rest) = body.split_at(90);
    assert_eq!(reader.push(start.to_vec()).unwrap(), Progress::NeedMore);
    assert!(world.files.blobs().is_empty());
    let staged: Vec<_> = world.contents().staged.values().copied().collect();
    assert_eq!(staged, [Duration::from_secs(15 * 60)]);
    for piece in rest.chunks(1000) {
        world.advance(Duration::from_secs(31));
        if reader.push(piece.to_vec()).unwrap() == Progress::Complete {
            break;
        }
    }
    let calls = world.contents().stage_calls;
    assert!((4..=6).contains(&calls), "{calls}");
    assert_eq!(reader.finish().unwrap().status(), 202);
    assert!(world.contents().staged.is_empty(), "accepted");
}

/// The queue goes down during `accept` and comes back after four seconds.
fn outage(world: &World, result: AcceptResult) {
    world.contents().accept_results.push_back(result);
    let mut sleeps = 0;
    *world.on_sleep.borrow_mut() = Some(Box::new(move |contents| {
        sleeps += 1;
        if sleeps == 4 {
            contents.is_down = false;
        }
    }));
}

#[test]
fn a_short_outage_of_the_queue_costs_no_upload_and_accepts_none_twice() {
    for result in [AcceptResult::Down, AcceptResult::ReplyLost] {
        let world = World::new();
        outage(&world, result);
        let reply = upload(&Form::file("v.mp4", b"bytes"))
            .of(&world, "ada")
            .send(&world);
        assert_eq!(reply.status(), 202, "{result:?}: {reply:?}");
        assert_eq!(world.contents().jobs.len(), 1, "{result:?}");
        assert!(!world.files.blobs().is_empty());
    }
}

#[test]
fn a_refusal_after_an_outage_leaves_nothing() {
    let world = World::new();
    outage(&world, AcceptResult::Down);
    world
        .contents()
        .accept_results
        .push_back(AcceptResult::TooLate);
    let reply = upload(&Form::file("v.mp4", b"bytes"))
        .of(&world, "ada")
        .send(&world);
    assert_eq!(reply.code(), "upload_too_slow");
    assert!(world.files.blobs().is_empty());
}

#[test]
fn an_upload_in_doubt_keeps_its_files_staged() {
    let world = World::new();
    world
        .contents()
        .accept_results
        .push_back(AcceptResult::Down);
    let reply = upload(&Form::file("v.mp4", b"bytes"))
        .of(&world, "ada")
        .send(&world);
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (503, "upload_in_doubt")
    );
    assert!(!world.files.blobs().is_empty());
    assert_eq!(world.contents().staged.len(), 1);
    let waited = world.elapsed.get();
    assert!(
        waited > Duration::from_secs(15),
        "waited for {waited:?} only"
    );
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::new();
    let form = Form::file("a.mp4", &[1; 9000]).and_file("file", "b.mp4", &[2; 9000]);
    for length in [100, 5000, 9500, 15_000] {
        let body = form.unfinished()[..length].to_vec();
        let call = crate::request::call("POST", "/upload");
        let call = call.header("content-type", Form::MEDIA_TYPE).body(body);
        let reply = call.of(&world, "ada").interrupted().send(&world);
        assert_eq!(reply.code(), "body_incomplete", "{length}");
        assert!(world.files.blobs().is_empty(), "{length}");
        assert!(world.contents().staged.is_empty(), "{length}");
    }
}

#[test]
fn the_clients_trace_is_kept() {
    let world = World::new();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = upload(&Form::file("v.mp4", b"x")).header("traceparent", trace);
    assert_eq!(request.of(&world, "ada").send(&world).status(), 202);
    let contents = world.contents();
    let job = contents.jobs.values().next().unwrap();
    assert_eq!(job.traceparent.as_deref(), Some(trace));
}
