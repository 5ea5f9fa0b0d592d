//! Tracks, warnings about them, and chapters, as a user sees them.

use std::path::Path;

use tempfile::TempDir;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mail_about;
use tonearm_e2e::media::ffmpeg;

#[test]
fn a_silent_track_is_reported_in_the_job_and_in_the_email() {
    let app = TestApp::start();
    silent_track_is_reported(&app);
}

#[test]
fn a_silent_track_is_reported_by_the_worker_that_joins_segments() {
    let app = Setup::new().variable("segment_seconds", 5).start();
    silent_track_is_reported(&app);
}

fn silent_track_is_reported(app: &TestApp) {
    let ada = app.user("ada");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("obs.mkv");
    two_tracks(&file);
    let job = ended(&ada, &file);
    let tracks = serde_json::json!([
        { "number": 1, "codec": "AAC", "channels": 2, "taken": true },
        { "number": 2, "codec": "AAC", "language": "deu", "title": "Mikrofon", "channels": 1,
          "taken": false },
    ]);
    assert_eq!(job["tracks"], tracks, "{job:#}");
    let warnings = job["mp3"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{job:#}");
    assert_eq!(warnings[0]["code"], "track_silent", "{job:#}");
    let mail = mail_about(&app.client(), id(&job)).to_string();
    assert!(mail.contains("track=2"), "{mail}");
}

/// Digital silence, and a tone.
fn two_tracks(file: &Path) {
    let arguments = "-f lavfi -i anullsrc=r=48000:cl=stereo -f lavfi -i sine=r=48000 -map 0 \
                     -map 1 -t 15 -c:a aac -metadata:s:a:0 language=und -metadata:s:a:1 \
                     language=deu -metadata:s:a:1 title=Mikrofon";
    ffmpeg(&arguments.split_whitespace().collect::<Vec<_>>(), file);
}

fn ended(ada: &Client, file: &Path) -> serde_json::Value {
    let job = ada.upload_file(file);
    let job = ada.ended_job(id(&job));
    assert_eq!(job["state"], "done", "{job:#}");
    job
}
