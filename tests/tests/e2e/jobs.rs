//! `/jobs` and `/jobs/ID/events`: seen, watched and deleted by their owner only.

use std::io::{BufRead, BufReader, Read};

use serde_json::{Value, json};
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::wait;

use crate::replies::{expect, shown};

const UNKNOWN: &str = "0190a0b1-0000-7000-8000-000000000000";

#[test]
fn a_job_is_watched_shown_and_deleted() {
    let app = TestApp::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    a_job_is_watched_to_its_end(&ada);

    let job = ada.upload_file(&media::mp4().path);
    let fid = id(&job).to_owned();
    ada.ended_job(&fid);
    insta::assert_json_snapshot!("done", shown(&ada.mailed_job(&fid)));
    another_users_job_looks_like_an_unknown_one(&bob, &fid);
    assert_eq!(ada.job(&fid)["state"], "done", "ada still has it");

    assert!(!app.stored().blobs_of(&fid).is_empty());
    let path = format!("/jobs/{fid}");
    let reply = ada.delete(&path);
    assert_eq!((reply.status, reply.body.len()), (204, 0), "{reply}");
    expect("deleted again", &ada.delete(&path), 404, "no_such_job");
    expect("shown", &ada.get(&path), 404, "no_such_job");
    let download = ada.get(&format!("/download?fid={fid}"));
    expect("downloaded", &download, 404, "no_such_job");
    wait::until("its files to be deleted", || {
        app.stored().blobs_of(&fid).is_empty().then_some(())
    });
}

fn a_job_is_watched_to_its_end(ada: &Client) {
    let job = ada.upload_file(&media::long_mp4().path);
    let fid = id(&job).to_owned();
    // The stream ends when the job cannot change any more.
    let seen = events(&ada.get(&format!("/jobs/{fid}/events")));
    for (name, job) in &seen {
        assert_eq!((name.as_str(), id(job)), ("job", fid.as_str()));
    }
    let progress: Vec<_> = seen
        .iter()
        .map(|(_, job)| job["progress"].as_f64().unwrap())
        .collect();
    assert!(progress.is_sorted(), "{progress:?}");
    let (_, last) = seen.last().unwrap();
    assert_eq!(last["state"], "done");
    assert_eq!(last["mail"]["state"], "sent");
    // Attempts and tracks are only in `GET /jobs/ID`.
    let mut job = ada.job(&fid);
    for only_there in ["attempts", "tracks"] {
        job.as_object_mut().unwrap().remove(only_there);
    }
    assert_eq!(*last, job, "an event is the job as GET shows it");
    let mut distinct = seen.clone();
    distinct.dedup();
    assert_eq!(distinct, seen, "each event reports a change");
}

/// Names and data of the events of a stream.
fn events(reply: &Reply) -> Vec<(String, Value)> {
    assert_eq!(reply.status, 200, "{reply}");
    let media_type = reply.header("content-type");
    assert!(media_type.starts_with("text/event-stream"), "{reply}");
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let blocks = reply.text().split("\n\n");
    let named = blocks.filter_map(|block| Some((field(block, "event:")?, field(block, "data:")?)));
    named
        .map(|(name, data)| (name, serde_json::from_str(&data).unwrap()))
        .collect()
}

/// The responses about another user's job and about an unknown one are the same, byte
/// by byte.
fn another_users_job_looks_like_an_unknown_one(bob: &Client, adas: &str) {
    for (method, path) in [
        ("GET", "/jobs/ID"),
        ("DELETE", "/jobs/ID"),
        ("GET", "/jobs/ID/events"),
        ("GET", "/download?fid=ID"),
        ("HEAD", "/download?fid=ID"),
    ] {
        let what = format!("{method} {path}");
        let theirs = bob.ask(method, &path.replace("ID", adas)).send();
        let unknown = bob.ask(method, &path.replace("ID", UNKNOWN)).send();
        assert_eq!(theirs.status, 404, "{what}");
        assert_eq!(theirs.body, unknown.body, "{what}");
        let headers = |reply: &Reply| {
            let mut headers = reply.headers.clone();
            headers.remove("date");
            headers
        };
        assert_eq!(headers(&theirs), headers(&unknown), "{what}");
    }
}

#[test]
fn a_queued_job_is_listed_and_can_be_deleted() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    assert_eq!(ada.get("/jobs").json(), json!({"jobs": []}));
    let uploaded = ada.upload(&Form::file("holiday.mp4", b"0123456789"));
    let job = only_job(&uploaded);
    assert_eq!(uploaded.header("location"), format!("/jobs/{}", id(&job)));
    insta::assert_json_snapshot!("uploaded", shown(&uploaded.json()));
    // The gateway and Redis have clocks of their own: times may differ.
    assert_eq!(shown(&job), shown(&ada.job(id(&job))));

    let newer = only_job(&ada.upload(&Form::file("newer.mp4", b"x")));
    let page = ada.get("/jobs?limit=1");
    expect("a page", &page, 200, "");
    insta::assert_json_snapshot!("page", shown(&page.json()));
    let next = page.json()["next"].as_str().unwrap().to_owned();
    let ids = [&page.json(), &ada.get(&next).json()].map(|page| id(&page["jobs"][0]).to_owned());
    assert_eq!(ids, [id(&newer), id(&job)], "newest first");
    assert_eq!(app.user("bob").get("/jobs").json(), json!({"jobs": []}));
    let download = ada.get(&format!("/download?fid={}", id(&job)));
    expect("download", &download, 409, "not_ready");

    a_watcher_learns_of_a_deletion(&ada, id(&newer));
    assert_eq!(ada.delete(&format!("/jobs/{}", id(&job))).status, 204);
    wait::until("the files to be deleted", || {
        app.stored().blobs().is_empty().then_some(())
    });
    assert_eq!(ada.get("/jobs").json(), json!({"jobs": []}));
}

fn a_watcher_learns_of_a_deletion(ada: &Client, fid: &str) {
    let path = format!("/jobs/{fid}");
    let response = ada.ask("GET", &format!("{path}/events")).try_open();
    let response = response.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.body().mime_type(), Some("text/event-stream"));
    let mut stream = BufReader::new(response.into_body().into_reader());
    // The first event shows that the stream is open.
    let mut first = String::new();
    stream.read_line(&mut first).unwrap();
    assert_eq!(first.trim(), "event: job");
    assert_eq!(ada.delete(&path).status, 204);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("event: gone\ndata: {}\n\n"), "{rest}");
}
