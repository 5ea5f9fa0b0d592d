//! `POST /upload`: what is taken and what is not.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::{id, jobs_of, only_job};
use tonearm_e2e::media;
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::{BOUNDARY, Form};
use tonearm_e2e::raw::Raw;

use crate::table::{expect, shown};

#[test]
fn an_upload_is_answered_with_its_jobs() {
    // Nobody converts: the answer and the job stay as they are.
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let one = ada.upload(&Form::file("holiday.mp4", b"0123456789"));
    let job = only_job(&one);
    assert_eq!(one.header("location"), format!("/jobs/{}", id(&job)));
    insta::assert_json_snapshot!(shown(&one.json()));
    // Its time is the gateway's, the job's is Redis's: they may differ a little.
    let (told, seen) = (shown(&job), shown(&ada.job(id(&job))));
    assert_eq!(told, seen, "the answer is the job as it is");

    let two = Form::file("a.mp4", b"a").and_file("file", "b.mp4", b"bb");
    insta::assert_json_snapshot!(shown(&ada.upload(&two).json()));
}

#[test]
fn several_files_become_several_mp3s() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let clips = [media::mp4(), media::mp4_for_the_web()];
    let form =
        Form::file("end.mp4", &clips[0].bytes()).and_file("file", "front.mp4", &clips[1].bytes());
    let jobs = jobs_of(&ada.upload(&form));
    assert_eq!(jobs.len(), 2);
    assert_ne!(id(&jobs[0]), id(&jobs[1]));
    for (job, clip) in jobs.iter().zip(&clips) {
        assert_eq!(ada.ended_job(id(job))["state"], "done");
        assert_same(&Decoded::of(&ada.download(id(job)).body), clip);
    }
}

#[test]
fn names_are_kept_readable_and_harmless() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    for (given, kept) in [
        ("Käse & Wein.mp4", "Käse & Wein.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Videos\\\\a.mov", "a.mov"),
        ("...", "upload"),
    ] {
        let job = only_job(&ada.upload(&Form::file(given, b"x")));
        assert_eq!(job["name"], kept, "{given}");
    }
}

#[test]
fn what_is_no_form_with_files_is_told_why() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let file = Form::file("v.mp4", b"bytes");
    let multipart = file.content_type();
    let garbage = b"\x00\xff garbage \r\n\r\n".to_vec();
    let endless = format!("--{BOUNDARY}\r\nX: {}\r\n", "x".repeat(100_000)).into_bytes();
    for (what, media_type, body, status, code) in [
        (
            "JSON",
            "application/json",
            b"{}".to_vec(),
            415,
            "not_multipart",
        ),
        ("no media type", "", file.body(), 415, "not_multipart"),
        (
            "no boundary",
            "multipart/form-data",
            file.body(),
            400,
            "bad_form",
        ),
        (
            "another boundary",
            "multipart/form-data; boundary=other",
            file.body(),
            400,
            "bad_form",
        ),
        ("no end", &multipart, file.unfinished(), 400, "bad_form"),
        ("garbage", &multipart, garbage, 400, "bad_form"),
        ("an endless header", &multipart, endless, 400, "bad_form"),
        ("nothing", &multipart, Vec::new(), 400, "bad_form"),
        ("no part", &multipart, Form::new().body(), 400, "no_file"),
        (
            "no file",
            &multipart,
            Form::new().and_field("file", "x").body(),
            400,
            "bad_field",
        ),
        (
            "a field beside",
            &multipart,
            file.clone().and_field("x", "y").body(),
            400,
            "unknown_option",
        ),
        (
            "no bytes",
            &multipart,
            Form::file("v.mp4", b"").body(),
            400,
            "empty_file",
        ),
        (
            "no name",
            &multipart,
            Form::new().and_part("form-data", "x/y", b"x").body(),
            400,
            "bad_field",
        ),
    ] {
        let mut ask = ada.ask("POST", "/upload").body(body);
        if !media_type.is_empty() {
            ask = ask.header("content-type", media_type);
        }
        expect(what, &ask.send(), status, code);
        assert_nothing_is_kept(&app, what);
    }
    let all = [
        Form::new(),
        Form::new().and_field("file", "x"),
        Form::file("v.mp4", b""),
    ];
    let problems = all.map(|form| ada.upload(&form).json());
    insta::assert_json_snapshot!(problems);
}

#[test]
fn too_much_at_once_is_refused() {
    let limits = Setup::new()
        .variable("upload_max_files", 2)
        .variable("user_max_active_jobs", 3);
    let app = limits.without_workers().start();
    let ada = app.user("ada");
    let files =
        |count| (0..count).fold(Form::new(), |form, _| form.and_file("file", "v.mp4", b"x"));

    let three = ada.upload(&files(3));
    expect(
        "three files where two may be",
        &three,
        413,
        "too_many_files",
    );
    assert_nothing_is_kept(&app, "three files");

    assert_eq!(jobs_of(&ada.upload(&files(2))).len(), 2);
    let stored = app.stored().blobs();
    let over = ada.upload(&files(2));
    expect("four jobs where three may be", &over, 429, "too_many_jobs");
    assert_eq!(app.stored().blobs(), stored, "nothing was kept");
    insta::assert_json_snapshot!([three.json(), over.json()]);

    assert_eq!(
        jobs_of(&app.user("bob").upload(&files(2))).len(),
        2,
        "others are free to go on"
    );
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let app = Setup::new()
        .variable("chunk_bytes", 4096)
        .without_workers()
        .start();
    let mut upload = begin_upload(&app, &app.user("ada"));
    tonearm_e2e::wait::until("chunks to be stored", || {
        upload.send_chunk(&[0; 4096]);
        (app.stored().blobs().len() > 2).then_some(())
    });
    drop(upload);
    tonearm_e2e::wait::until("everything to be deleted", || {
        app.stored().is_empty().then_some(())
    });
}

/// Starts a chunked upload of a file; its bytes are up to the test.
pub fn begin_upload(app: &TestApp, client: &Client) -> Raw {
    let form = Form::file("v.mp4", b"the first bytes");
    let mut raw = Raw::connect(&app.host());
    let bearer = format!("Bearer {}", client.token());
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", &form.content_type()),
        ("Transfer-Encoding", "chunked"),
    ];
    raw.post("/upload", &headers);
    let unfinished = form.unfinished();
    // Without the line break that would end the part.
    assert!(raw.send_chunk(&unfinished[..unfinished.len() - 2]));
    raw
}

#[track_caller]
pub fn assert_nothing_is_kept(app: &TestApp, after: &str) {
    let stored = app.stored();
    assert!(
        stored.is_empty(),
        "after {after}: {:?} {:?}",
        stored.blobs(),
        stored.job_keys()
    );
}
