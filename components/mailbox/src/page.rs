//! The emails for reading: a page for browsers, text for curl.

use askama::Template;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};

use crate::error::MailboxError;
use crate::mail::Mail;

/// Forbids scripts, images and fonts, also in the frames of HTML bodies.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// Shown instead of emails.
const EMPTY: &str = "No mail yet. It comes when a conversion ends.";

/// The page for browsers.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'m> {
    mails: &'m [Mail],
}

/// The emails, newest first, in the form that the client accepts.
pub(crate) fn page(head: &Head, mails: &[Mail]) -> Result<Reply, MailboxError> {
    let accept = request::header(head, "accept").unwrap_or_default();
    let reply = if accept.contains("text/html") {
        reply::html(200, Page { mails }.render()?)
    } else {
        reply::text(200, text(mails))
    };
    let reply = reply::with(reply, "vary", "accept");
    let reply = reply::with(reply, "cache-control", "no-store");
    Ok(reply::with(reply, "content-security-policy", POLICY))
}

fn text(mails: &[Mail]) -> String {
    if mails.is_empty() {
        return format!("{EMPTY}\n");
    }
    let mut text = String::new();
    for mail in mails {
        let content = &mail.content;
        text.push_str(&format!(
            "Date: {}\nFrom: {}\nTo: {}\nSubject: {}\n\n{}\n\n",
            mail.received_at,
            content.from,
            content.to,
            content.subject,
            content.text.trim_end()
        ));
    }
    text
}
