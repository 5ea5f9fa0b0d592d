//! What the two mails say.

use crate::{done, failed};

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
fn ready() {
    insta::assert_snapshot!(shown(&done("Holiday & more.mov")));
}

#[test]
fn could_not() {
    insta::assert_snapshot!(shown(&failed("slides.mp4", "The file has no audio track.")));
}

#[test]
fn a_second_try_says_the_same() {
    assert_eq!(done("talk.mp4"), done("talk.mp4"));
}
