//! The notifications on both channels, and the email: formats that others may read.

use std::time::Duration;

use tonearm_e2e::app::TestApp;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mail_about;
use tonearm_e2e::media;

use crate::replies::shown;

/// The payload of a repeated notification, about whatever is due.
const DUE: &str = "due";

#[test]
fn notifications_carry_the_id_of_the_job_alone_and_the_email_has_its_format() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let mut redis = app.redis.connect();
    redis
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut notifications = redis.as_pubsub();
    notifications.subscribe(&["video", "mp3"]).unwrap();
    let mut next = |channel: &str| loop {
        let notification = notifications.get_message().unwrap();
        let payload: String = notification.get_payload().unwrap();
        if notification.get_channel_name() == channel && payload != DUE {
            return payload;
        }
    };

    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(next("video"), id(&job));
    assert_eq!(next("mp3"), id(&job));

    let mail = mail_about(&app.client(), id(&job))
        .to_string()
        .replace(&app.base(), "[base]");
    let mail = without_day(&without_size(&mail));
    insta::assert_json_snapshot!("email", shown(&serde_json::from_str(&mail).unwrap()));
}

/// Replaces the last day of the MP3 by `[day]`.
fn without_day(mail: &str) -> String {
    const BEFORE: &str = "Kept until ";
    let mut parts = mail.split(BEFORE);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown = shown + BEFORE + "[day]" + &part["YYYY-MM-DD".len()..];
    }
    shown
}

/// Replaces the size of the MP3 by `[size]`.
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
