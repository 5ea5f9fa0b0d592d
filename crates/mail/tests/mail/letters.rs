//! The text of letters.

use tonearm_letters::{Event, Letter};
use tonearm_mail::{LetterNotice, MailError, Message, compose_letter};

use crate::{ID, URL, settings, shown};

/// 2026-12-01 09:15 UTC.
const WRITTEN_MS: u64 = 1_796_116_500_000;
const TOKEN: &str = "dG9rZW4tb2YtYS1saW5r_-0123456789abcdefghijk";

fn events() -> [Event; 7] {
    let token = || TOKEN.to_owned();
    let (hour, day) = (3600, 86_400);
    [
        Event::ConfirmAddress {
            token: token(),
            valid_seconds: day,
        },
        Event::AddressTaken,
        Event::ResetPassword {
            token: token(),
            valid_seconds: hour,
        },
        Event::PasswordChanged,
        Event::ConfirmNewAddress {
            token: token(),
            valid_seconds: day,
        },
        Event::AddressChanged,
        Event::AccountDeleted,
    ]
}

fn write(event: Event) -> Result<Message, MailError> {
    write_at(event, WRITTEN_MS)
}

fn write_at(event: Event, written_ms: u64) -> Result<Message, MailError> {
    let letter = Letter {
        to: "ada@example.com".to_owned(),
        event,
    };
    let notice = LetterNotice {
        id: ID,
        written_ms,
        letter: &letter,
    };
    compose_letter(&notice, &settings("generic"), URL)
}

#[test]
fn each_event_has_a_letter() {
    for event in events() {
        let name = event.name();
        insta::assert_snapshot!(name, shown(&write(event).unwrap()));
    }
}

#[test]
fn every_attempt_at_a_letter_sends_the_same_email() {
    for event in events() {
        let message = write(event.clone()).unwrap();
        assert_eq!(message, write(event).unwrap());
        assert_eq!(message.idempotency_key, format!("tonearm-letter-{ID}"));
        assert_eq!(message.job_id, None);
    }
}

#[test]
fn links_in_letters_lead_to_the_public_url_only() {
    for event in events() {
        let Message { text, html, .. } = write(event).unwrap();
        let origin = URL.trim_end_matches('/');
        for body in [&text, &html] {
            assert_eq!(
                body.matches("://").count(),
                body.matches(origin).count(),
                "{body}"
            );
        }
    }
}

#[test]
fn a_subject_holds_neither_token_nor_address() {
    for event in events() {
        let subject = write(event).unwrap().subject.to_string();
        assert!(!subject.contains(TOKEN) && !subject.contains('@'));
    }
}

#[test]
fn a_letter_with_an_invalid_link_is_refused() {
    let reset = |token: &str| Event::ResetPassword {
        token: token.to_owned(),
        valid_seconds: 3600,
    };
    let long = "a".repeat(257);
    for token in ["", "a b", "a&b", "a'; rm -rf ~ #", "ä", &long] {
        assert_eq!(write(reset(token)), Err(MailError::Link), "{token:?}");
    }
    assert_eq!(write_at(reset(TOKEN), u64::MAX), Err(MailError::Link));
}

#[test]
fn each_provider_sends_letters_without_tracking_and_without_a_job() {
    let message = write(events()[2].clone()).unwrap();
    let untracked = [
        ("postmark", r#""TrackLinks":"None""#),
        ("sendgrid", r#""click_tracking":{"enable":false"#),
        ("mailgun", "o%3Atracking=no"),
        ("resend", TOKEN),
        ("generic", TOKEN),
    ];
    for (provider, part) in untracked {
        let request = settings(provider).request(&message).unwrap();
        let body = String::from_utf8(request.into_body()).unwrap();
        assert!(body.contains(part), "{provider}: {body}");
        assert!(!body.contains("job_id"), "{provider}: {body}");
    }
}
