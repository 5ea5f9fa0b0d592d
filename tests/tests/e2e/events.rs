//! `GET /jobs/ID/events`: a job's changes as they come.

use std::thread;

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
    let watcher = {
        let (ada, path) = (ada.clone(), format!("{path}/events"));
        thread::spawn(move || events(&ada.get(&path)))
    };
    // Whether it is deleted before or after the first event, it is told; unless
    // the job is gone before it was asked for, so wait until it is watched.
    let (ada, deleted) = (ada, path);
    wait_for_a_watcher(&app);
    assert_eq!(ada.delete(&deleted).status, 204);
    let seen = watcher.join().unwrap();
    assert_eq!(
        seen.last().unwrap(),
        &("gone".to_owned(), serde_json::json!({})),
        "{seen:?}"
    );
}

/// A watcher keeps a connection to Redis open; nobody else does in this app.
fn wait_for_a_watcher(app: &TestApp) {
    let mut redis = app.redis.connect();
    tonearm_e2e::wait::until("somebody to watch", || {
        let clients: String = redis::cmd("CLIENT").arg("LIST").query(&mut redis).unwrap();
        let watches = clients
            .lines()
            .any(|client| client.contains("cmd=hgetall") || client.contains("cmd=eval"));
        watches.then_some(())
    });
}
