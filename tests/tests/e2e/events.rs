//! `GET /jobs/ID/events`: a job's changes as they come.

use std::io::{BufRead, BufReader, Read};

use serde_json::Value;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Reply;
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media;
use tonearm_e2e::multipart::Form;

/// The events of a whole stream: name and data.
fn events(reply: &Reply) -> Vec<(String, Value)> {
    assert_eq!(reply.status, 200, "{reply}");
    assert!(
        reply
            .header("content-type")
            .starts_with("text/event-stream"),
        "{reply}"
    );
    let field = |event: &str, name: &str| {
        event
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(|value| value.trim().to_owned())
    };
    let blocks = reply.text().split("\n\n");
    let named = blocks.filter_map(|block| Some((field(block, "event:")?, field(block, "data:")?)));
    named
        .map(|(name, data)| (name, serde_json::from_str(&data).unwrap()))
        .collect()
}

#[test]
fn a_job_can_be_watched_to_its_end() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let job = ada.upload_file(&media::long_mp4().path);
    let fid = id(&job).to_owned();
    // The stream ends by itself.
    let seen = events(&ada.get(&format!("/jobs/{fid}/events")));

    assert!(
        seen.iter()
            .all(|(name, job)| name == "job" && id(job) == fid),
        "{seen:?}"
    );
    let progress: Vec<_> = seen
        .iter()
        .map(|(_, job)| job["progress"].as_f64().unwrap())
        .collect();
    assert!(progress.is_sorted(), "{progress:?}");
    let (_, last) = seen.last().unwrap();
    assert_eq!(
        (&last["state"], &last["mail"]["state"]),
        (&"done".into(), &"sent".into())
    );
    // But for the history, which `GET /jobs/ID` alone tells.
    let mut job = ada.job(&fid);
    job.as_object_mut().unwrap().remove("attempts");
    assert_eq!(*last, job, "an event is the job as it is");
    let mut distinct = seen.clone();
    distinct.dedup();
    assert_eq!(distinct, seen, "an event tells of a change");
}

#[test]
fn who_watches_learns_of_the_deletion() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let job = only_job(&ada.upload(&Form::file("v.mp4", b"x")));
    let path = format!("/jobs/{}", id(&job));
    let watched = ada.ask("GET", &format!("{path}/events")).try_open();
    let watched = watched.unwrap();
    assert_eq!(watched.status(), 200);
    assert_eq!(watched.body().mime_type(), Some("text/event-stream"));
    let mut stream = BufReader::new(watched.into_body().into_reader());
    // The job as it is comes first: from there on it is watched.
    let mut first = String::new();
    stream.read_line(&mut first).unwrap();
    assert_eq!(first.trim(), "event: job");

    assert_eq!(ada.delete(&path).status, 204);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("event: gone\ndata: {}\n\n"), "{rest}");
}
