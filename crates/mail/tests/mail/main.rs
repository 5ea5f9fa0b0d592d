//! Complete emails and requests.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod emails;
mod letters;
mod received;
mod requests;
mod settings;
mod several_files;
mod untrusted_text;

use std::time::Duration;

use tonearm_mail::{FileNotice, Message, Notice, Outcome, Settings, Variables, compose};

pub(crate) const ID: &str = "0192c1a0-7b1e-7c3d-8f00-0123456789ab";
pub(crate) const URL: &str = "https://tonearm.example/";

pub(crate) fn variables(provider: &str) -> Variables {
    Variables {
        provider: provider.to_owned(),
        api_url: "https://api.example".to_owned(),
        api_path: "/relay/emails".to_owned(),
        api_key: "key-0123456789".to_owned().into(),
        domain: "mail.example.com".to_owned(),
        from: "Tonearm <tonearm@example.com>".to_owned(),
    }
}

pub(crate) fn settings(provider: &str) -> Settings {
    Settings::parse(&variables(provider)).unwrap()
}

pub(crate) fn done(name: &str) -> Message {
    done_with(name, &[])
}

pub(crate) fn done_with(name: &str, warnings: &[String]) -> Message {
    about(&[ready(ID, name, warnings)])
}

pub(crate) fn failed(name: &str, reason: &str) -> Message {
    about(&[broken(ID, name, reason)])
}

pub(crate) fn ready<'a>(id: &'a str, name: &'a str, warnings: &'a [String]) -> FileNotice<'a> {
    let outcome = Outcome::Done {
        duration: Duration::from_secs(723),
        bytes: 17_234_567,
        kept_until: Some("2026-12-24"),
        warnings,
    };
    FileNotice { id, name, outcome }
}

pub(crate) fn broken<'a>(id: &'a str, name: &'a str, reason: &'a str) -> FileNotice<'a> {
    let outcome = Outcome::Failed { reason };
    FileNotice { id, name, outcome }
}

pub(crate) fn notice<'a>(files: &'a [FileNotice<'a>]) -> Notice<'a> {
    Notice {
        upload: (files.len() > 1).then_some(ID),
        to: "ada@example.com",
        is_confirmed: true,
        files,
        round: 0,
    }
}

pub(crate) fn about(files: &[FileNotice<'_>]) -> Message {
    compose(&notice(files), &settings("generic"), URL).unwrap()
}

pub(crate) fn shown(message: &Message) -> String {
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
