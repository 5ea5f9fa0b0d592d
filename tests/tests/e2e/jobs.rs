//! `/jobs`: seen, listed and deleted by their owner, and by nobody else.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::wait;

use crate::table::{expect, shown};

const UNKNOWN: &str = "0190a0b1-0000-7000-8000-000000000000";

#[test]
fn a_job_is_shown_at_its_end() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let job = ada.upload_file(&media::mp4().path);
    ada.ended_job(id(&job));
    insta::assert_json_snapshot!(shown(&ada.mailed_job(id(&job))));
}

#[test]
fn jobs_are_listed_newest_first_and_by_page() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    assert_eq!(ada.get("/jobs").json(), serde_json::json!({"jobs": []}));
    let mut ids: Vec<String> = (0..5)
        .map(|at| only_job(&ada.upload(&Form::file(&format!("{at}.mp4"), b"x"))))
        .map(|job| id(&job).to_owned())
        .collect();
    ids.reverse();

    let mut seen = Vec::new();
    let mut next = Some("/jobs?limit=2".to_owned());
    while let Some(path) = next {
        let reply = ada.get(&path);
        expect(&path, &reply, 200, "");
        let page = reply.json();
        seen.extend(
            page["jobs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| id(job).to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
        assert!(seen.len() <= ids.len(), "the pages come to an end");
    }
    assert_eq!(seen, ids);
    insta::assert_json_snapshot!(shown(&ada.get("/jobs?limit=1").json()));
    assert_eq!(
        app.user("bob").get("/jobs").json(),
        serde_json::json!({"jobs": []})
    );

    for bad in ["limit=0", "limit=101", "limit=-1", "limit=x", "before=x"] {
        expect(bad, &ada.get(&format!("/jobs?{bad}")), 400, "bad_parameter");
    }
}

/// Somebody else's job and no job at all: not a byte differs.
#[test]
fn somebody_elses_job_looks_like_none() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let (bob, eve) = (app.user("bob"), app.user("eve"));
    let job = bob.upload_file(&media::mp4().path);
    let bobs = id(&job).to_owned();
    bob.mailed_job(&bobs);
    for (method, path) in [
        ("GET", "/jobs/ID"),
        ("DELETE", "/jobs/ID"),
        ("GET", "/jobs/ID/events"),
        ("GET", "/download?fid=ID"),
        ("HEAD", "/download?fid=ID"),
    ] {
        for stranger in [&ada, &eve] {
            let theirs = stranger.ask(method, &path.replace("ID", &bobs)).send();
            let nobodys = stranger.ask(method, &path.replace("ID", UNKNOWN)).send();
            let what = format!("{method} {path}");
            if method == "HEAD" {
                assert_eq!(theirs.status, 404, "{what}");
            } else {
                expect(&what, &theirs, 404, "no_such_job");
            }
            assert_eq!(theirs.body, nobodys.body, "{what}");
            let fields = |reply: &tonearm_e2e::client::Reply| {
                let mut headers = reply.headers.clone();
                headers.remove("date");
                headers
            };
            assert_eq!(fields(&theirs), fields(&nobodys), "{what}");
        }
    }
    insta::assert_json_snapshot!(ada.get(&format!("/jobs/{UNKNOWN}")).json());
    assert_eq!(bob.job(&bobs)["state"], "done", "it is still there for bob");
}

#[test]
fn what_is_no_id_is_no_job() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    for nonsense in ["x", "..", "%2e%2e", "0", "%00", "'", "*", &"a".repeat(2000)] {
        for path in [
            format!("/jobs/{nonsense}"),
            format!("/download?fid={nonsense}"),
        ] {
            let status = ada.get(&path).status;
            assert!(status == 404, "{path}: {status}");
        }
    }
    expect("no id at all", &ada.get("/download"), 400, "bad_parameter");
}

#[test]
fn a_deleted_job_is_gone_with_its_files() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let job = ada.upload_file(&media::mp4().path);
    let fid = id(&job).to_owned();
    ada.mailed_job(&fid);
    assert!(!app.stored().blobs_of(&fid).is_empty());

    let reply = ada.delete(&format!("/jobs/{fid}"));
    assert_eq!((reply.status, reply.body.len()), (204, 0), "{reply}");
    expect(
        "again",
        &ada.delete(&format!("/jobs/{fid}")),
        404,
        "no_such_job",
    );
    expect(
        "seen",
        &ada.get(&format!("/jobs/{fid}")),
        404,
        "no_such_job",
    );
    expect(
        "downloaded",
        &ada.get(&format!("/download?fid={fid}")),
        404,
        "no_such_job",
    );
    assert_eq!(ada.get("/jobs").json(), serde_json::json!({"jobs": []}));
    wait::until("its files to go", || {
        app.stored().blobs_of(&fid).is_empty().then_some(())
    });
}

#[test]
fn a_queued_job_can_be_deleted() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let job = only_job(&ada.upload(&Form::file("v.mp4", b"x")));
    assert_eq!(ada.delete(&format!("/jobs/{}", id(&job))).status, 204);
    wait::until("its files to go", || {
        app.stored().blobs().is_empty().then_some(())
    });
    expect(
        "seen",
        &ada.get(&format!("/jobs/{}", id(&job))),
        404,
        "no_such_job",
    );
}
