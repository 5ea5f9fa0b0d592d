//! The queue cannot accept a job: the client gets an error, and the file is deleted.

use tonearm_e2e::app::{PASSWORD, Setup, TestApp, email};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::media;
use tonearm_e2e::multipart::{BOUNDARY, Form};
use tonearm_e2e::raw::Raw;
use tonearm_e2e::wait;

use crate::replies::expect;
use crate::upload::begin_upload;

/// An upload of which a part is stored.
fn half_an_upload(app: &TestApp, client: &Client) -> Raw {
    let mut upload = begin_upload(app, client);
    wait::until("chunks to be stored", || {
        assert!(upload.send_chunk(&[0; 4096]), "the upload continues");
        (app.stored().blobs().len() > 2).then_some(())
    });
    upload
}

fn finish(mut upload: Raw) -> String {
    upload.send_chunk(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    upload.send_chunk(&[]);
    upload.answer()
}

#[test]
fn a_queue_that_refuses_or_is_down_costs_the_upload_and_leaves_nothing() {
    // Files in SQLite: in separate processes they are in the same Redis, which could
    // not fail on its own.
    let mut app = Setup::new()
        .together()
        .variable("chunk_bytes", 4096)
        .own_redis()
        .start();
    let ada = app.user("ada");
    let upload = half_an_upload(&app, &ada);
    app.redis.refuse_writes();
    assert_is_refused_and_removed(&app, upload);
    let refused = ada.upload(&Form::file("v.mp4", b"bytes"));
    expect("a new upload", &refused, 503, "queue_unavailable");
    insta::assert_json_snapshot!("queue_unavailable", refused.json());
    assert_eq!(app.stored().blobs(), [""; 0]);
    assert_eq!(ada.get("/jobs").json(), serde_json::json!({"jobs": []}));
    app.redis.accept_writes();
    let converted = assert_converts(&ada);
    assert_eq!(ada.delete(&format!("/jobs/{converted}")).status, 204);
    wait::until("its files to be deleted", || {
        app.stored().blobs().is_empty().then_some(())
    });

    // Spin ends together with Redis, and a supervisor starts it again. The host
    // reconnects.
    if app.runtime().is_spin() {
        println!("SKIPPED: Spin ends when Redis does");
        return;
    }
    let upload = half_an_upload(&app, &ada);
    app.redis.stop();
    assert_is_refused_and_removed(&app, upload);
    for path in [
        "/healthz",
        "/jobs",
        "/download?fid=0190a0b1-0000-7000-8000-000000000000",
    ] {
        expect(path, &ada.get(path), 503, "queue_unavailable");
    }
    let client = app.client();
    let login = client.ask("POST", "/login").basic(&email("ada"), PASSWORD);
    expect("login", &login.send(), 200, "");
    app.redis.restart();
    assert_converts(&ada);
}

fn assert_is_refused_and_removed(app: &TestApp, upload: Raw) {
    let answer = finish(upload);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer:?}");
    assert!(answer.contains("queue_unavailable"), "{answer}");
    assert_eq!(app.stored().blobs(), [""; 0], "its bytes are deleted");
}

/// Returns the id of the converted job.
fn assert_converts(ada: &Client) -> String {
    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(ada.mailed_job(id(&job))["state"], "done");
    id(&job).to_owned()
}
