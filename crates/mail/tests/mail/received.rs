//! The generic format from the receiver's side.

use proptest::prelude::*;
use tonearm_mail::{MailError, Received};
use tonearm_problem::Problem;

use crate::{done, settings};

#[test]
fn a_sent_email_is_received_unchanged() {
    let message = done("talk.mp4");
    let request = settings("generic").request(&message).unwrap();
    let got = Received::parse(request.body(), None).unwrap();
    assert_eq!(got.to_address(), "ada@example.com");
    assert_eq!(got.subject, message.subject.as_str());
    assert_eq!((got.text, got.html), (message.text, message.html));
    assert_eq!(got.job_id, message.job_id);
    assert_eq!(got.idempotency_key, Some(message.idempotency_key));
}

#[test]
fn the_header_takes_precedence_over_the_field() {
    let body =
        br#"{"from":"a@b","to":"Ada <Ada@B>","subject":"s","text":"t","idempotency_key":"x"}"#;
    let got = Received::parse(body, Some("y")).unwrap();
    assert_eq!(got.idempotency_key.as_deref(), Some("y"));
    assert_eq!(got.to_address(), "ada@b");
}

#[test]
fn each_error_names_its_field() {
    let long = "k".repeat(257);
    let cases = [
        ("{}".to_owned(), "from"),
        (
            r#"{"from":"x","to":"a@b","subject":"s","text":"t"}"#.to_owned(),
            "from",
        ),
        (
            r#"{"from":"a@b","subject":"s","text":"t"}"#.to_owned(),
            "to",
        ),
        (
            r#"{"from":"a@b","to":"a@b, c@d","subject":"s","text":"t"}"#.to_owned(),
            "to",
        ),
        (
            r#"{"from":"a@b","to":"a@b","text":"t"}"#.to_owned(),
            "subject",
        ),
        (
            r#"{"from":"a@b","to":"a@b","subject":"a\nb","text":"t"}"#.to_owned(),
            "subject",
        ),
        (
            r#"{"from":"a@b","to":"a@b","subject":"s"}"#.to_owned(),
            "text",
        ),
        (
            r#"{"from":"a@b","to":"a@b","subject":"s","text":"t","idempotency_key":""}"#.to_owned(),
            "idempotency_key",
        ),
        (
            format!(
                r#"{{"from":"a@b","to":"a@b","subject":"s","html":"t","idempotency_key":"{long}"}}"#
            ),
            "idempotency_key",
        ),
    ];
    for (body, field) in cases {
        let error = Received::parse(body.as_bytes(), None).unwrap_err();
        let problem = Problem::from(&error);
        assert_eq!(
            (problem.status, problem.field.as_deref()),
            (422, Some(field)),
            "{body}"
        );
    }
    for body in ["", "[]", "{", r#"{"from":7}"#] {
        let error = Received::parse(body.as_bytes(), None).unwrap_err();
        assert!(matches!(error, MailError::Json(_)), "{body}");
        assert_eq!(Problem::from(&error).status, 400);
    }
}

proptest! {
    #[test]
    fn arbitrary_bodies_do_not_panic(body in any::<Vec<u8>>(), key in proptest::option::of(any::<String>())) {
        let _ = Received::parse(&body, key.as_deref());
    }
}
