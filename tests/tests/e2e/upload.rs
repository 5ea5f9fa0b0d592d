//! `POST /upload`: several files, limits while streaming, and interrupted uploads.

use std::fs::File;

use tempfile::TempDir;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::{id, jobs_of};
use tonearm_e2e::mailbox::{self, mails_about};
use tonearm_e2e::media::NOT_A_VIDEO;
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::raw::Raw;
use tonearm_e2e::{curl, media, wait};

use crate::replies::expect;

#[test]
fn several_files_become_several_mp3s_with_their_names() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let clips = [media::mp4(), media::mp4_for_the_web()];
    let form = Form::file("Käse & Wein.mp4", &clips[0].bytes());
    let form = form.and_file("file", "../front.mp4", &clips[1].bytes());
    let jobs = jobs_of(&ada.upload(&form));
    assert_eq!(jobs.len(), 2);
    assert_ne!(id(&jobs[0]), id(&jobs[1]));
    let names = ["K%C3%A4se%20&%20Wein.mp3", "front.mp3"];
    for ((job, clip), name) in jobs.iter().zip(&clips).zip(names) {
        assert_eq!(ada.ended_job(id(job))["state"], "done");
        let mp3 = ada.download(id(job));
        assert_same(&Decoded::of(&mp3.body), clip);
        let disposition = mp3.header("content-disposition");
        assert!(
            disposition.ends_with(&format!("UTF-8''{name}")),
            "{disposition}"
        );
    }
}

#[test]
fn several_files_give_one_email() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let clip = media::mp4().bytes();
    let form = Form::file("1.mp4", &clip)
        .and_file("file", "2.mp4", NOT_A_VIDEO)
        .and_file("file", "3.mp4", &clip);
    let jobs = jobs_of(&ada.upload(&form));
    let client = app.client();
    let mut mails = Vec::new();
    for job in &jobs {
        let job = ada.mailed_job(id(job));
        assert_eq!(job["mail"]["attempt"], 1, "{job:#}");
        mails.extend(mails_about(&client, id(&job)));
    }
    assert_eq!(mails.len(), 3, "one about each job: {mails:#?}");
    assert!(mails.iter().all(|mail| *mail == mails[0]), "{mails:#?}");
    assert_eq!(mailbox::mails(&client).len(), 1);
    // In the order of the upload.
    let text = mails[0].to_string();
    let at = jobs.iter().map(|job| text.find(id(job)).unwrap());
    // The id of the upload, its first job, may come before all.
    assert!(at.skip(1).is_sorted(), "{text}");
}

#[test]
fn a_refused_or_interrupted_upload_leaves_nothing() {
    const LIMIT: usize = 1_000_000;
    let limits = Setup::new()
        .variable("upload_max_bytes", LIMIT)
        .variable("upload_max_files", 2)
        .variable("chunk_bytes", 4096);
    let app = limits.without_workers().start();
    let ada = app.user("ada");
    let three = (0..3).fold(Form::new(), |form, _| form.and_file("file", "v.mp4", b"x"));
    expect("three files", &ada.upload(&three), 413, "too_many_files");
    let option = Form::file("v.mp4", b"bytes").and_field("quality", "10");
    expect("a bad option", &ada.upload(&option), 400, "bad_option");
    assert_nothing_is_stored(&app, "refused forms");
    a_stream_is_refused_while_it_arrives(&app, &ada, LIMIT);
    curl_shows_why_its_huge_file_is_refused(&app, &ada);
    an_interrupted_upload_is_removed(&app, &ada);
    let exact = ada.upload(&Form::file("v.mp4", &vec![0; LIMIT]));
    assert_eq!(exact.status, 202, "a file of the exact limit: {exact}");
}

/// Chunked transfer announces no length: only the bytes themselves exceed the limit.
fn a_stream_is_refused_while_it_arrives(app: &TestApp, ada: &Client, limit: usize) {
    let mut upload = begin_upload(app, ada);
    let piece = vec![0; 16 * 1024];
    let mut sent = 0;
    while sent < 4 * limit && upload.send_chunk(&piece) {
        sent += piece.len();
    }
    upload.send_chunk(&[]);
    let answer = upload.answer();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer:?}");
    assert!(answer.contains("file_too_large"), "{answer}");
    assert_nothing_is_stored(app, "a stream that was too large");
}

/// The file is larger than what the gateway drains. curl stops sending and shows the
/// response.
fn curl_shows_why_its_huge_file_is_refused(app: &TestApp, ada: &Client) {
    let folder = TempDir::new().unwrap();
    let huge = File::create(folder.path().join("huge.mp4")).unwrap();
    huge.set_len(300 * 1024 * 1024).unwrap();
    let line = format!(
        "curl -sS -X POST -F 'file=@./huge.mp4' -H 'Authorization: Bearer {}' {}/upload",
        ada.token(),
        app.base()
    );
    let output = curl::output(folder.path(), &line);
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.contains("file_too_large"), "{answer:?} {output:?}");
    assert_nothing_is_stored(app, "a huge file");
}

fn an_interrupted_upload_is_removed(app: &TestApp, ada: &Client) {
    let mut upload = begin_upload(app, ada);
    wait::until("chunks to be stored", || {
        upload.send_chunk(&[0; 4096]);
        (app.stored().blobs().len() > 2).then_some(())
    });
    drop(upload);
    wait::until("everything to be deleted", || {
        app.stored().is_empty().then_some(())
    });
}

/// Starts a chunked upload of a file. The test sends the bytes.
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
fn assert_nothing_is_stored(app: &TestApp, after: &str) {
    let stored = app.stored();
    assert!(
        stored.is_empty(),
        "after {after}: {:?} {:?}",
        stored.blobs(),
        stored.job_keys()
    );
}
