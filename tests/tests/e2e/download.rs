//! `GET /download`: the whole MP3, parts of it, and whether it has changed.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::{id, jobs_of, only_job};
use tonearm_e2e::media;
use tonearm_e2e::multipart::Form;

use crate::table::expect;

/// A finished job of a user's, and the path of its MP3.
fn finished(app: &TestApp) -> (Client, String) {
    let ada = app.user("ada");
    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(ada.ended_job(id(&job))["state"], "done");
    let path = format!("/download?fid={}", id(&job));
    (ada, path)
}

#[test]
fn parts_can_be_asked_for() {
    // Small chunks, so that the parts cross their borders.
    let app = Setup::new().variable("chunk_bytes", 4096).start();
    let (ada, path) = finished(&app);
    let whole = ada.get(&path);
    assert_eq!(
        (whole.status, whole.header("accept-ranges")),
        (200, "bytes"),
        "{whole}"
    );
    let mp3 = whole.body;
    let len = mp3.len();
    assert_eq!(whole.headers["content-length"], len.to_string());

    let part = |range: &str| ada.ask("GET", &path).header("range", range).send();
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        ("bytes=0-99".into(), 0, 100),
        ("bytes=4095-4096".into(), 4095, 4097),
        ("bytes=100-".into(), 100, len),
        ("bytes=-10".into(), len - 10, len),
        (format!("bytes=-{}", len + 5), 0, len),
        (format!("bytes=5-{}", len + 5), 5, len),
        (format!("bytes=0-{}", len - 1), 0, len),
        (format!("bytes={}-", len - 1), len - 1, len),
    ] {
        let reply = part(&range);
        assert_eq!(reply.status, 206, "{range}: {reply}");
        let told = format!("bytes {from}-{}/{len}", to - 1);
        assert_eq!(reply.header("content-range"), told, "{range}");
        assert_eq!(reply.body, mp3[from..to], "{range}");
    }

    for range in [
        format!("bytes={len}-"),
        format!("bytes={len}-{len}"),
        "bytes=-0".into(),
    ] {
        let reply = part(&range);
        expect(&range, &reply, 416, "range_not_satisfiable");
        assert_eq!(
            reply.header("content-range"),
            format!("bytes */{len}"),
            "{range}"
        );
    }

    // What is not understood is not there (RFC 9110, section 14.2).
    for range in ["bytes=x-y", "bytes=5-2", "lines=1-2", "bytes="] {
        let reply = part(range);
        assert_eq!((reply.status, reply.body.len()), (200, len), "{range}");
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::start();
    let (ada, path) = finished(&app);
    let whole = ada.get(&path);
    let tag = whole.header("etag").to_owned();
    assert!(
        tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2,
        "a strong tag: {tag}"
    );
    assert_eq!(ada.get(&path).header("etag"), tag);

    for (name, value, status) in [
        ("if-none-match", tag.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", &format!("\"other\", {tag}"), 304),
        ("if-none-match", &format!("W/{tag}"), 304),
        ("if-none-match", "\"other\"", 200),
    ] {
        let reply = ada.ask("GET", &path).header(name, value).send();
        assert_eq!(reply.status, status, "{name}: {value}: {reply}");
        assert_eq!(reply.header("etag"), tag, "{name}: {value}");
        assert_eq!(reply.body.is_empty(), status == 304, "{name}: {value}");
    }

    let ranged = |validator: &str| {
        ada.ask("GET", &path)
            .header("range", "bytes=0-9")
            .header("if-range", validator)
            .send()
    };
    assert_eq!(ranged(&tag).status, 206);
    let all = ranged("\"other\"");
    assert_eq!(
        (all.status, all.body),
        (200, whole.body),
        "all of it, since it is another"
    );
}

#[test]
fn the_head_alone_can_be_asked_for() {
    let app = TestApp::start();
    let (ada, path) = finished(&app);
    let whole = ada.get(&path);
    let head = ada.ask("HEAD", &path).send();
    assert_eq!((head.status, head.body.len()), (200, 0), "{head}");
    for name in [
        "content-type",
        "content-length",
        "etag",
        "accept-ranges",
        "content-disposition",
    ] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
}

#[test]
fn the_mp3_has_the_name_of_its_video() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let video = media::mp4().bytes();
    let names = ["talk.mp4", "Käse & Wein.mov", "日本.mp4", "no extension"];
    let form = names.iter().fold(Form::new(), |form, name| {
        form.and_file("file", name, &video)
    });
    let mut told = Vec::new();
    for job in jobs_of(&ada.upload(&form)) {
        ada.ended_job(id(&job));
        let reply = ada.download(id(&job));
        told.push(reply.header("content-disposition").to_owned());
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_mp3_that_is_not_there_yet_is_a_conflict() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let job = only_job(&ada.upload(&Form::file("v.mp4", b"x")));
    let reply = ada.get(&format!("/download?fid={}", id(&job)));
    expect("queued", &reply, 409, "not_ready");
    assert!(
        reply.header("retry-after").parse::<u64>().unwrap() > 0,
        "{reply}"
    );
    insta::assert_json_snapshot!(reply.json());
}
