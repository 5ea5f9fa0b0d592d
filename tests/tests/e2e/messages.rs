//! The bells on both channels, and the mail: what others may read of us.

use std::time::Duration;

use serde_json::Value;
use tonearm_e2e::app::TestApp;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mail_about;
use tonearm_e2e::media;

use crate::table::shown;

#[test]
fn bells_and_mail_have_their_shape() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let mut redis = app.redis.connect();
    redis
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut bells = redis.as_pubsub();
    bells.subscribe(&["video", "mp3"]).unwrap();
    // A bell that is rung again, since nobody seems to come, names no job.
    let mut next = |channel: &str| loop {
        let bell = bells.get_message().unwrap();
        let message: Value = serde_json::from_slice(bell.get_payload_bytes()).unwrap();
        if bell.get_channel_name() == channel && !message["video_fid"].is_null() {
            return message;
        }
    };

    let job = ada.upload_file(&media::mp4().path);
    let video = next("video");
    assert_eq!(video["video_fid"], id(&job));
    insta::assert_json_snapshot!(shown(&video));
    let mp3 = next("mp3");
    assert_eq!(
        (&mp3["video_fid"], &mp3["mp3_fid"]),
        (&job["id"], &job["id"])
    );
    insta::assert_json_snapshot!(shown(&mp3));

    let mail = mail_about(&app.client(), id(&job))
        .to_string()
        .replace(&app.base(), "[base]");
    let mail = without_day(&without_size(&mail));
    insta::assert_json_snapshot!(shown(&serde_json::from_str(&mail).unwrap()));
}

/// Writes `[day]` for the last day of the MP3.
fn without_day(mail: &str) -> String {
    const BEFORE: &str = "Kept until ";
    let mut parts = mail.split(BEFORE);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown = shown + BEFORE + "[day]" + &part["YYYY-MM-DD".len()..];
    }
    shown
}

/// Writes `[size]` for what the mail says of the MP3's.
fn without_size(mail: &str) -> String {
    let mut parts = mail.split(" KB");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.truncate(
            shown
                .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len(),
        );
        shown = shown + "[size]" + part;
    }
    shown
}
