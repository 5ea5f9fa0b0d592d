//! File names and reasons may contain any text.

use proptest::prelude::*;
use tonearm_mail::{MailError, Notice, Outcome, compose};

use crate::{ID, URL, done, failed, settings};

#[test]
fn markup_in_a_name_is_escaped() {
    let message = done(r#"<script>alert("x")</script>'; rm -rf ~ #.mov"#);
    assert!(!message.html.contains("<script"), "{}", message.html);
    assert!(
        message.text.contains(r"'\''; rm -rf ~ #.mp3'"),
        "{}",
        message.text
    );
}

#[test]
fn a_newline_in_a_name_adds_no_header() {
    let message = done("a\r\nBcc: eve@example.com\r\n.mov");
    assert!(!message.subject.as_str().contains(['\r', '\n']));
}

#[test]
fn invalid_ids_and_addresses_are_refused() {
    let outcome = Outcome::Failed { reason: "x" };
    let attempt = |id, to| {
        compose(
            &Notice {
                id,
                to,
                name: "x",
                outcome,
                round: 0,
            },
            &settings("generic"),
            URL,
        )
        .map(|_| ())
    };
    let long = "a".repeat(65);
    for id in ["", "a b", "a'b", "../x", "a\nb", "ä", &long] {
        assert_eq!(attempt(id, "a@b"), Err(MailError::JobId), "{id:?}");
    }
    for to in ["", "a", "a@b\r\nBcc: c@d", "a@b, c@d"] {
        assert_eq!(attempt(ID, to), Err(MailError::Address), "{to:?}");
    }
}

proptest! {
    #[test]
    fn any_text_yields_valid_requests(name in any::<String>(), reason in any::<String>()) {
        for message in [done(&name), failed(&name, &reason)] {
            prop_assert!(!message.subject.as_str().chars().any(char::is_control));
            prop_assert_eq!(message.html.matches('<').count(), tags(&message.html));
            for provider in ["resend", "sendgrid", "postmark", "mailgun", "generic"] {
                prop_assert!(settings(provider).request(&message).is_ok());
            }
        }
    }
}

/// The number of `<` that begin a tag of the template.
fn tags(html: &str) -> usize {
    let template_tags = [
        "!doctype html>",
        "html",
        "/html>",
        "head>",
        "/head>",
        "meta charset=\"utf-8\">",
        "title>",
        "/title>",
        "body>",
        "/body>",
        "h1>",
        "/h1>",
        "p>",
        "/p>",
        "a href=\"https://",
        "/a>",
        "pre>",
        "/pre>",
        "code>",
        "/code>",
    ];
    html.split('<')
        .skip(1)
        .filter(|rest| template_tags.iter().any(|tag| rest.starts_with(tag)))
        .count()
}
