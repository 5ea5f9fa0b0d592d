//! The text of emails about one file.

use tonearm_mail::{Notice, compose};

use crate::{ID, URL, broken, done, done_with, failed, notice, ready, settings, shown};

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
fn a_subject_names_the_file_only_to_a_confirmed_address() {
    for (file, named, plain) in [
        (
            ready(ID, "talk.mp4", &[]),
            "Your MP3 is ready: talk.mp3",
            "Your MP3 is ready",
        ),
        (
            broken(ID, "talk.mp4", "X."),
            "Could not convert talk.mp4",
            "Could not convert your file",
        ),
    ] {
        for (is_confirmed, subject) in [(true, named), (false, plain)] {
            let files = [file];
            let notice = Notice {
                is_confirmed,
                ..notice(&files)
            };
            let message = compose(&notice, &settings("generic"), URL).unwrap();
            assert_eq!(message.subject.as_str(), subject);
            assert!(message.text.contains("talk.mp"), "{}", message.text);
        }
    }
}

#[test]
fn every_attempt_sends_the_same_email() {
    assert_eq!(done("talk.mp4"), done("talk.mp4"));
}

#[test]
fn each_end_of_a_requeued_job_is_a_separate_email() {
    let key = |round| {
        let files = [broken(ID, "talk.mp4", "X.")];
        let notice = Notice {
            round,
            ..notice(&files)
        };
        let message = compose(&notice, &settings("generic"), URL).unwrap();
        message.idempotency_key
    };
    assert_eq!(key(0), failed("talk.mp4", "X.").idempotency_key);
    assert_ne!(key(0), key(1));
    assert_ne!(key(1), key(2));
}
