//! The queue cannot take a job: the user is told, and the file is deleted.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::media;
use tonearm_e2e::multipart::{BOUNDARY, Form};
use tonearm_e2e::raw::Raw;
use tonearm_e2e::wait;

use crate::table::expect;
use crate::upload::begin_upload;

/// An upload of which some is stored and the end is still to come.
fn half_an_upload(app: &TestApp, client: &Client) -> Raw {
    let mut upload = begin_upload(app, client);
    wait::until("chunks to be stored", || {
        assert!(upload.send_chunk(&[0; 4096]), "the upload goes on");
        (app.stored().blobs().len() > 2).then_some(())
    });
    upload
}

fn finish(mut upload: Raw) -> String {
    upload.send_chunk(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    upload.send_chunk(&[]);
    upload.answer()
}

/// In one process, with files in SQLite: split, the files lie in the same Redis, and
/// the queue cannot be away alone.
fn app() -> TestApp {
    Setup::new()
        .together()
        .variable("chunk_bytes", 4096)
        .own_redis()
        .start()
}

#[test]
fn a_queue_that_refuses_costs_the_upload_and_leaves_nothing() {
    let app = app();
    let ada = app.user("ada");
    let upload = half_an_upload(&app, &ada);
    app.redis.refuse_writes();
    let answer = finish(upload);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer:?}");
    assert!(answer.contains("queue_unavailable"), "{answer}");
    assert_eq!(app.stored().blobs(), [""; 0], "its bytes are deleted");

    let refused = ada.upload(&Form::file("v.mp4", b"bytes"));
    expect("from the start", &refused, 503, "queue_unavailable");
    insta::assert_json_snapshot!(refused.json());
    assert_eq!(app.stored().blobs(), [""; 0]);
    assert_eq!(
        ada.get("/jobs").json(),
        serde_json::json!({"jobs": []}),
        "there is no job"
    );

    app.redis.accept_writes();
    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(
        ada.ended_job(id(&job))["state"],
        "done",
        "all is well again"
    );
}

/// With Spin this ends the whole app, which a supervisor starts again; the host
/// connects again by itself.
#[test]
fn a_queue_that_is_gone_costs_the_upload_and_leaves_nothing() {
    let mut app = app();
    if app.runtime().is_spin() {
        println!("SKIPPED: Spin ends when Redis does");
        return;
    }
    let ada = app.user("ada");
    let upload = half_an_upload(&app, &ada);
    app.redis.stop();
    let answer = finish(upload);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer:?}");
    assert!(answer.contains("queue_unavailable"), "{answer}");
    assert_eq!(app.stored().blobs(), [""; 0], "its bytes are deleted");
    for path in [
        "/healthz",
        "/jobs",
        "/download?fid=0190a0b1-0000-7000-8000-000000000000",
    ] {
        expect(path, &ada.get(path), 503, "queue_unavailable");
    }
    expect(
        "login",
        &app.client()
            .ask("POST", "/login")
            .basic("ada@example.org", tonearm_e2e::app::PASSWORD)
            .send(),
        200,
        "",
    );

    app.redis.restart();
    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(
        ada.ended_job(id(&job))["state"],
        "done",
        "all is well again"
    );
}
