use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tonearm_jobs::{
    Attempt, AudioTrack, Damage, DeadLetter, Failure, Job, JobId, MailState, Metrics, Mp3, NewJob,
    Queue, QueueGauges, State, Uploader,
};
use tonearm_options::Options;

use super::*;

const ID: &str = "0190a0b1-0000-7000-8000-000000000000";

fn queued() -> Job {
    Job {
        id: JobId::parse(ID).unwrap(),
        owner: "u1".to_owned(),
        username: "ada@example.org".to_owned(),
        name: "talk.mp4".to_owned(),
        bytes: 1000,
        options: Options::default(),
        state: State::Queued,
        progress: 0.0,
        attempt: 0,
        error: None,
        video_blob: None,
        video_kept_until_ms: None,
        mp3: None,
        failed_tracks: Vec::new(),
        mp3_expires_ms: None,
        requeues: 0,
        mail: None,
        mail_attempt: 0,
        mail_error: None,
        traceparent: None,
        created_ms: 1_700_000_000_000,
        updated_ms: 1_700_000_001_500,
    }
}

fn done() -> Job {
    Job {
        state: State::Done,
        progress: 1.0,
        attempt: 1,
        mp3: Some(Mp3 {
            blob: "mp3/a".to_owned(),
            bytes: 9,
            duration: Duration::from_millis(1500),
            damage: Damage::default(),
            tracks: Vec::new(),
            track_warnings: Vec::new(),
        }),
        mail: Some(MailState::Pending),
        ..queued()
    }
}

#[test]
fn wire_format_of_jobs() {
    insta::assert_json_snapshot!("queued", JobView::from(&queued()));
    let converting = Job {
        state: State::Converting,
        progress: 0.5,
        attempt: 1,
        ..queued()
    };
    insta::assert_json_snapshot!("converting", JobView::from(&converting));
    insta::assert_json_snapshot!("done", JobView::from(&done()));
    let failed = Job {
        state: State::Failed,
        attempt: 1,
        error: Some(Failure::new(
            "no_audio_track",
            "The file has no audio track.",
        )),
        mail: Some(MailState::Pending),
        ..queued()
    };
    insta::assert_json_snapshot!("failed", JobView::from(&failed));
}

#[test]
fn a_job_whose_owner_gets_no_email_says_so() {
    let mut job = done();
    (job.mail, job.mail_attempt) = (Some(MailState::Skipped), 0);
    let view = serde_json::to_value(JobView::from(&job)).unwrap();
    assert_eq!(view["mail"], json!({ "state": "skipped", "attempt": 0 }));
}

#[test]
fn an_accepted_job_looks_like_a_queued_one() {
    let job = queued();
    let file = NewJob {
        id: job.id,
        name: job.name.clone(),
        media_type: "video/mp4".to_owned(),
        bytes: job.bytes,
        blob: "video/a".to_owned(),
        options: Options::default(),
    };
    let uploader = Uploader {
        owner: job.owner.clone(),
        username: job.username.clone(),
        notify: true,
        is_confirmed: true,
        traceparent: String::new(),
    };
    let read = Job {
        updated_ms: job.created_ms,
        ..job
    };
    let accepted = JobView::queued(&file, &uploader, read.created_ms);
    assert_eq!(accepted, JobView::from(&read));
}

#[test]
fn an_mp3_shows_its_expiry_and_the_defects_of_the_upload() {
    let mut job = done();
    job.mp3_expires_ms = Some(1_700_000_060_000);
    job.mp3.as_mut().unwrap().damage = Damage {
        is_cut_off: true,
        silent_packets: 2,
        silent: Duration::from_millis(43),
        gaps: Duration::from_millis(1500),
    };
    let view = serde_json::to_value(JobView::from(&job)).unwrap();
    assert_eq!(view["mp3"]["expires_at"], "2023-11-14T22:14:20Z");
    assert_eq!(
        view["mp3"]["warnings"],
        json!([
            {"code": "source_cut_off", "message": "The file was cut off. The MP3 has the sound up to there."},
            {"code": "source_damaged", "message": "2 packets of sound could not be read: 0.05 seconds of the MP3 are silent."},
            {"code": "source_gaps", "message": "The sound of the file has gaps of 1.5 seconds in all, which are silent in the MP3."},
        ])
    );
}

#[test]
fn a_job_lists_the_tracks_of_the_upload_and_warnings_about_them() {
    let mut job = done();
    let mp3 = job.mp3.as_mut().unwrap();
    let track = |number, title: Option<&str>, taken| AudioTrack {
        number,
        codec: "AAC".to_owned(),
        language: title.map(|_| "deu".to_owned()),
        title: title.map(str::to_owned),
        channels: Some(2),
        taken,
    };
    mp3.tracks = vec![track(1, None, true), track(2, Some("Mikrofon"), false)];
    mp3.track_warnings = vec![Failure::new("track_silent", "Track 1 is silent.")];
    let view = JobView::from(&job).with_details(&job, &[]);
    let view = serde_json::to_value(view).unwrap();
    assert_eq!(
        view["tracks"],
        json!([
            {"number": 1, "codec": "AAC", "channels": 2, "taken": true},
            {"number": 2, "codec": "AAC", "language": "deu", "title": "Mikrofon",
             "channels": 2, "taken": false},
        ])
    );
    assert_eq!(
        view["mp3"]["warnings"],
        json!([{"code": "track_silent", "message": "Track 1 is silent."}])
    );
    // A job that failed has them too.
    let failed = Job {
        state: State::Failed,
        failed_tracks: job.tracks().to_vec(),
        ..queued()
    };
    let failed = JobView::from(&failed).with_details(&failed, &[]);
    assert_eq!(
        serde_json::to_value(failed).unwrap()["tracks"],
        view["tracks"]
    );
    // A page of jobs has no tracks.
    let listed = serde_json::to_value(JobView::from(&job)).unwrap();
    assert!(listed.get("tracks").is_none());
}

#[test]
fn wire_format_of_attempts() {
    let attempts: Vec<Attempt> = serde_json::from_value(json!([
        {
            "kind": "convert", "number": 1, "worker": "worker",
            "started_ms": 1_700_000_000_000_u64, "ended_ms": 1_700_000_001_500_u64,
            "outcome": "retrying", "code": "files_unavailable",
            "message": "The \"file store\" could not be reached.",
        },
        {"kind": "convert", "number": 2, "worker": "worker", "started_ms": 1_700_000_002_000_u64},
    ]))
    .unwrap();
    let view = JobView::from(&queued()).with_details(&queued(), &attempts);
    let view = serde_json::to_value(view).unwrap();
    insta::assert_json_snapshot!("attempts", view["attempts"]);
}

#[test]
fn a_full_page_of_jobs_links_to_the_next() {
    let page = [queued(), queued()];
    let json = serde_json::to_value(JobListView::new(&page, 2)).unwrap();
    assert_eq!(json["next"], format!("/jobs?before={ID}&limit=2"));
    assert_eq!(json["jobs"].as_array().map(Vec::len), Some(2));
    let json = serde_json::to_value(JobListView::new(&page, 3)).unwrap();
    assert_eq!(json.get("next"), None);
}

fn dead_letter() -> DeadLetter {
    DeadLetter {
        id: JobId::parse(ID).unwrap(),
        entry: "1700000000000-0".to_owned(),
        died_ms: 1_700_000_000_000,
        error: Failure::new("gave_up", "Tried too often."),
        attempts: 1,
        name: "talk.mp4".to_owned(),
        username: "ada@example.org".to_owned(),
        kept_until_ms: Some(1_700_000_060_000),
    }
}

#[test]
fn wire_format_of_dead_letters() {
    let view = DeadLettersView::new(Queue::Convert, &[dead_letter()], 9);
    insta::assert_json_snapshot!("dead_letters", view);
}

#[test]
fn a_full_page_of_dead_letters_links_to_the_next() {
    let view = |limit| -> Value {
        let view = DeadLettersView::new(Queue::Convert, &[dead_letter()], limit);
        serde_json::to_value(view).unwrap()
    };
    let next = "/admin/dead-letters?queue=video&before=1700000000000-0&limit=1";
    assert_eq!(view(1)["next"], next);
    assert_eq!(view(2).get("next"), None);
}

fn metrics_of(video: [i64; 4], mp3: [i64; 4], counters: &[(&str, i64)]) -> Metrics {
    let gauges = |queue, [length, in_flight, oldest_ms, dead]: [i64; 4]| QueueGauges {
        queue,
        length,
        in_flight,
        oldest_ms,
        dead,
    };
    let counters = counters.iter();
    let counters: BTreeMap<_, _> = counters.map(|(k, v)| ((*k).to_owned(), *v)).collect();
    Metrics {
        queues: vec![
            gauges("video", video),
            gauges("segment", [0; 4]),
            gauges("mp3", mp3),
        ],
        counters,
    }
}

#[test]
fn wire_format_of_metrics() {
    let nothing = metrics_of([0; 4], [0; 4], &[]);
    insta::assert_snapshot!("metrics_of_nothing", metrics::to_text(&nothing));
    let some = metrics_of(
        [1, 1, 0, 1],
        [1, 0, 0, 0],
        &[
            ("attempts:convert", 4),
            ("attempts:mail", 2),
            ("conversions_done", 1),
            ("conversions_failed:no_audio_track", 1),
            ("jobs_accepted", 3),
            ("leases_expired:convert", 1),
            ("mails_sent", 1),
            ("retries:mail:no_audio_track", 1),
        ],
    );
    insta::assert_snapshot!("metrics", metrics::to_text(&some));
}

#[test]
fn the_oldest_entry_is_shown_in_seconds_and_label_values_are_escaped() {
    let metrics = metrics_of([1, 0, 1500, 0], [0; 4], &[("attempts:a\"b\\c\n", 1)]);
    let text = metrics::to_text(&metrics);
    let oldest = "tonearm_queue_oldest_waiting_seconds{queue=\"video\"} 1.5\n";
    assert!(text.contains(oldest), "{text}");
    let escaped = "tonearm_attempts_total{kind=\"a\\\"b\\\\c\\n\"} 1\n";
    assert!(text.contains(escaped), "{text}");
}
