//! Complete emails and requests.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod emails;
mod received;
mod requests;
mod settings;
mod untrusted_text;

use std::time::Duration;

use tonearm_mail::{Message, Notice, Outcome, Settings, Variables, compose};

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
    let outcome = Outcome::Done {
        duration: Duration::from_secs(723),
        bytes: 17_234_567,
        kept_until: Some("2026-12-24"),
        warnings,
    };
    let notice = Notice {
        id: ID,
        to: "ada@example.com",
        name,
        outcome,
        round: 0,
    };
    compose(&notice, &settings("generic"), URL).unwrap()
}

pub(crate) fn failed(name: &str, reason: &str) -> Message {
    let outcome = Outcome::Failed { reason };
    let notice = Notice {
        id: ID,
        to: "ada@example.com",
        name,
        outcome,
        round: 0,
    };
    compose(&notice, &settings("generic"), URL).unwrap()
}
