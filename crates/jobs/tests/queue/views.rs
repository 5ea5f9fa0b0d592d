//! What the API shows of a job.

use crate::redis::{LEASE, accept, claim, connect, file, mp3, uploader};
use tonearm_jobs::{
    Accepted, Damage, Failure, Fence, Job, JobView, ListView, Mp3, Queue, Redis, Retention,
};
use tonearm_options::Options;
use tonearm_test_tools::require_redis;

/// The job's view with what differs from run to run made the same.
fn view(mut job: Job) -> JobView {
    job.id = tonearm_jobs::JobId::parse("0190a0b1-0000-7000-8000-000000000000").unwrap();
    (job.created_ms, job.updated_ms) = (1_700_000_000_000, 1_700_000_001_500);
    JobView::from(&job)
}

#[test]
fn wire_format_of_jobs() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let look = || view(jobs.get(id, "u1").unwrap().unwrap());
    insta::assert_json_snapshot!("queued", look());
    let held = claim(&jobs, Queue::Convert, LEASE);
    assert_eq!(jobs.renew(&held, LEASE, 0.5).unwrap(), Fence::Held);
    insta::assert_json_snapshot!("converting", look());
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let mp3 = mp3("mp3/a");
    assert_eq!(
        jobs.converted(&held, &mp3, Retention::default()).unwrap(),
        Fence::Held
    );
    insta::assert_json_snapshot!("done", look());

    let id = accept(&jobs, 1)[0].id;
    let held = claim(&jobs, Queue::Convert, LEASE);
    let failure = Failure::new("no_audio_track", "The file has no audio track.");
    assert_eq!(jobs.failed(&held, &failure, None).unwrap(), Fence::Held);
    insta::assert_json_snapshot!("failed", view(jobs.get(id, "u1").unwrap().unwrap()));
}

#[test]
fn what_was_wrong_with_a_file_is_told() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, 1)[0].id;
    let held = claim(&jobs, Queue::Convert, LEASE);
    jobs.stage(&["mp3/a"], LEASE).unwrap();
    let damage = Damage {
        is_cut_off: true,
        silent_packets: 2,
    };
    let mp3 = Mp3 {
        damage,
        ..mp3("mp3/a")
    };
    let kept = jobs.converted(&held, &mp3, Retention::default()).unwrap();
    assert_eq!(kept, Fence::Held);
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!(job.mp3, Some(mp3));
    let json = serde_json::to_value(view(job)).unwrap();
    assert_eq!(
        json["mp3"]["warnings"],
        serde_json::json!([
            {"code": "source_cut_off", "message": "The file was cut off. The MP3 has the sound up to there."},
            {"code": "source_damaged", "message": "2 packets of sound were damaged and are silent in the MP3."},
        ])
    );
}

#[test]
fn wire_format_of_lists() {
    let server = require_redis!();
    let jobs = connect(&server);
    accept(&jobs, 2);
    let page = jobs.list("u1", None, 2).unwrap();
    let json = serde_json::to_value(ListView::new(&page, 2)).unwrap();
    assert_eq!(json["next"], format!("/jobs?before={}&limit=2", page[1].id));
    assert_eq!(json["jobs"].as_array().unwrap().len(), 2);
    let json = serde_json::to_value(ListView::new(&page, 3)).unwrap();
    assert!(json.get("next").is_none());
}

#[test]
fn a_job_keeps_its_options_and_one_without_any_has_the_plain_ones() {
    let server = require_redis!();
    let jobs = connect(&server);
    let given = Options {
        mono: true,
        reencode: true,
        ..Options::default()
    };
    let mut new = file();
    new.options = given.clone();
    jobs.stage(&[&new.blob], LEASE).unwrap();
    let accepted = jobs.accept(&uploader(), &[new.clone()], 9).unwrap();
    assert_eq!(accepted, Accepted::All);
    let look = || jobs.get(new.id, "u1").unwrap().unwrap().options;
    assert_eq!(look(), given);
    assert_eq!(claim(&jobs, Queue::Convert, LEASE).job.options, given);
    let key = format!("tonearm:job:{}", new.id);
    let redis = server.connect();
    redis.run("HDEL", &[&key, "options"]).unwrap();
    assert_eq!(look(), Options::default());
    let wrong = [&key, "options", r#"{"quality":99}"#];
    redis.run("HSET", &wrong).unwrap();
    assert!(jobs.get(new.id, "u1").is_err());
}
