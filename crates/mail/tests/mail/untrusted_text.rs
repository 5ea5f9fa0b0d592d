//! File names and reasons may contain any text.

use proptest::prelude::*;
use tonearm_mail::{MailError, Notice, compose};

use crate::{ID, URL, about, broken, done, failed, notice, ready, settings};

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
    let attempt = |upload, file, to| {
        let files = [broken(file, "x", "x")];
        let notice = Notice {
            upload: Some(upload),
            to,
            ..notice(&files)
        };
        compose(&notice, &settings("generic"), URL).map(|_| ())
    };
    let long = "a".repeat(65);
    for id in ["", "a b", "a'b", "../x", "a\nb", "ä", &long] {
        assert_eq!(attempt(id, ID, "a@b"), Err(MailError::Id), "{id:?}");
        assert_eq!(attempt(ID, id, "a@b"), Err(MailError::Id), "{id:?}");
    }
    for to in ["", "a", "a@b\r\nBcc: c@d", "a@b, c@d"] {
        assert_eq!(attempt(ID, ID, to), Err(MailError::Address), "{to:?}");
    }
}

#[test]
fn names_do_not_become_links_in_mail_programs() {
    for name in [
        "secure-bank.example",
        "www.x.de",
        "user@example.com",
        "https://evil.example",
        "evil.example?x=https://evil.example",
        "<a href=\"evil.example\">x</a>",
    ] {
        let files = [ready(ID, name, &[]), broken(ID, name, name)];
        for message in [done(name), failed(name, name), about(&files)] {
            for body in [&message.text, &message.html] {
                for link in ["evil.example", "bank.example", "www.x", "x.de", "@example"] {
                    assert!(!body.contains(link), "{name}: {body}");
                }
                // All that has a scheme is ours.
                let ours = body.matches("https://tonearm.example/").count();
                assert_eq!(body.matches("//").count(), ours, "{name}: {body}");
            }
        }
    }
}

#[test]
fn commands_hold_no_invisible_characters() {
    for name in ["secure-bank.example", "lecture.mp4", "holiday.mov"] {
        let text = done(name).text;
        let command = text.split("curl -H").nth(1).unwrap();
        assert!(!command.contains('\u{200B}'), "{command}");
    }
    assert!(done("lecture.mp4").text.contains("--output 'lecture.mp3'"));
    let text = done("secure-bank.example").text;
    assert!(text.contains(&format!("--output '{ID}.mp3'")), "{text}");
}

proptest! {
    #[test]
    fn any_text_yields_valid_requests(name in any::<String>(), reason in any::<String>()) {
        let files = [ready(ID, &name, &[]), broken(ID, &reason, &name)];
        for message in [done(&name), failed(&name, &reason), about(&files)] {
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
        "h2>",
        "/h2>",
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
