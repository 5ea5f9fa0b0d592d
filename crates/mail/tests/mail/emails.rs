//! The text of the emails.

use tonearm_mail::{Notice, Outcome, compose};

use crate::{ID, URL, done, done_with, failed, settings};

fn shown(message: &tonearm_mail::Message) -> String {
    format!(
        "From: {}\nTo: {}\nSubject: {}\nKey: {}\n\n{}\n----\n{}",
        message.from,
        message.to,
        message.subject,
        message.idempotency_key,
        message.text,
        message.html
    )
}

#[test]
fn a_finished_job() {
    insta::assert_snapshot!(shown(&done("Holiday & more.mov")));
}

#[test]
fn a_finished_job_with_warnings() {
    let warnings = [
        "The file was cut off. The MP3 has the sound up to there.".to_owned(),
        "2 packets of sound could not be read: 0.05 seconds of the MP3 are silent.".to_owned(),
    ];
    insta::assert_snapshot!(shown(&done_with("Holiday & more.mov", &warnings)));
}

#[test]
fn a_failed_job() {
    insta::assert_snapshot!(shown(&failed("slides.mp4", "The file has no audio track.")));
}

#[test]
fn every_attempt_sends_the_same_email() {
    assert_eq!(done("talk.mp4"), done("talk.mp4"));
}

#[test]
fn each_end_of_a_requeued_job_is_a_separate_email() {
    let key = |round| {
        let notice = Notice {
            id: ID,
            to: "ada@example.com",
            name: "talk.mp4",
            outcome: Outcome::Failed { reason: "X." },
            round,
        };
        let message = compose(&notice, &settings("generic"), URL).unwrap();
        message.idempotency_key
    };
    assert_eq!(key(0), failed("talk.mp4", "X.").idempotency_key);
    assert_ne!(key(0), key(1));
    assert_ne!(key(1), key(2));
}
