//! The text of emails about several files of one upload.

use tonearm_mail::{FileNotice, MailError, Notice, compose};

use crate::{ID, URL, about, broken, notice, ready, settings, shown};

const OTHER: &str = "0192c1a0-7b1f-7000-8f00-0123456789ab";
const THIRD: &str = "0192c1a0-7b20-7000-8f00-0123456789ab";

#[test]
fn an_email_about_several_files_has_what_one_about_each_would_have() {
    let warnings = ["The file was cut off. The MP3 has the sound up to there.".to_owned()];
    let files = [
        ready(ID, "Holiday & more.mov", &warnings),
        broken(OTHER, "slides.mp4", "The file has no audio track."),
        ready(THIRD, "talk.mp4", &[]),
    ];
    insta::assert_snapshot!(shown(&about(&files)));
}

#[test]
fn the_subject_counts_the_files() {
    let good = ready(ID, "a.mp4", &[]);
    let bad = broken(OTHER, "b.mp4", "X.");
    let cases: [(&[FileNotice<'_>], &str); 4] = [
        (&[good, good, good, bad], "3 of 4 files are ready"),
        (&[bad, good, bad], "1 of 3 files is ready"),
        (&[good, good], "2 files are ready"),
        (&[bad, bad], "2 files could not be converted"),
    ];
    for (files, subject) in cases {
        let message = about(files);
        assert_eq!(message.subject.as_str(), subject);
        assert!(message.text.starts_with(subject), "{}", message.text);
    }
}

#[test]
fn files_of_one_name_are_downloaded_to_files_of_different_names() {
    let files = [
        ready(ID, "talk.mp4", &[]),
        ready(OTHER, "talk.mov", &[]),
        ready(THIRD, "other.mp4", &[]),
    ];
    let text = about(&files).text;
    for name in [ID, OTHER, "other"] {
        assert!(text.contains(&format!("--output '{name}.mp3'")), "{text}");
    }
}

#[test]
fn an_email_about_no_file_is_refused() {
    let refused = compose(&notice(&[]), &settings("generic"), URL);
    assert_eq!(refused, Err(MailError::NoFiles));
}

#[test]
fn emails_about_one_and_about_several_files_are_deduplicated_apart() {
    let files = [ready(ID, "a.mp4", &[]), ready(OTHER, "b.mp4", &[])];
    let (one, both) = (about(&files[..1]), about(&files));
    assert_ne!(one.idempotency_key, both.idempotency_key);
    assert_eq!(one.job_id, both.job_id);
}

#[test]
fn deleted_files_leave_the_email_about_their_upload_what_it_is() {
    let files = [ready(OTHER, "a.mp4", &[]), ready(THIRD, "b.mp4", &[])];
    let key = |files| {
        let upload = Some(ID);
        let notice = Notice {
            upload,
            ..notice(files)
        };
        let message = compose(&notice, &settings("generic"), URL).unwrap();
        message.idempotency_key
    };
    assert_eq!(key(&files), key(&files[1..]));
}
