//! Uploads beyond the limit: refused while they stream, and nothing is left.

use std::fs::File;

use tempfile::TempDir;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::curl;
use tonearm_e2e::multipart::Form;

use crate::table::expect;
use crate::upload::{assert_nothing_is_kept, begin_upload};

const LIMIT: usize = 1_000_000;

fn app() -> TestApp {
    let limits = Setup::new()
        .variable("upload_max_bytes", LIMIT)
        .variable("chunk_bytes", 65536);
    limits.without_workers().start()
}

#[test]
fn the_limit_is_exact() {
    let app = app();
    let ada = app.user("ada");
    let just = vec![0; LIMIT];
    assert_eq!(ada.upload(&Form::file("v.mp4", &just)).status, 202);
    let stored = app.stored().blobs();
    let over = ada.upload(&Form::file("v.mp4", &vec![0; LIMIT + 1]));
    expect("a byte too many", &over, 413, "file_too_large");
    insta::assert_json_snapshot!(over.json());
    assert_eq!(app.stored().blobs(), stored, "nothing of it was kept");
}

#[test]
fn the_second_file_counts_too() {
    let app = app();
    let form = Form::file("a.mp4", b"small").and_file("file", "b.mp4", &vec![0; LIMIT + 1]);
    expect(
        "small and large",
        &app.user("ada").upload(&form),
        413,
        "file_too_large",
    );
    assert_nothing_is_kept(&app, "one of two files was too large");
}

/// The length is not known beforehand: only the bytes themselves tell.
#[test]
fn a_stream_is_refused_while_it_comes_in() {
    let app = app();
    let mut upload = begin_upload(&app, &app.user("ada"));
    let piece = vec![0; 16 * 1024];
    let mut sent = 0;
    while sent < 4 * LIMIT && upload.send_chunk(&piece) {
        sent += piece.len();
    }
    upload.send_chunk(&[]);
    let answer = upload.answer();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer:?}");
    assert!(answer.contains("file_too_large"), "{answer}");
    assert_nothing_is_kept(&app, "a stream was too large");
}

/// Far more than any server reads out of politeness. curl stops sending and
/// shows why.
#[test]
fn curl_learns_why_its_huge_file_is_refused() {
    let app = app();
    let ada = app.user("ada");
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
    assert_nothing_is_kept(&app, "a huge file");
}
