//! The small pages: the forms behind the links of letters, and answers to forms.
//!
//! They contain neither scripts nor styles, load nothing, and send no `Referer`, which would
//! contain the token.

use askama::Template;
use tonearm_problem::Problem;
use tonearm_spin_runtime::reply::{self, Reply};

const CSP: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    title: &'a str,
    text: &'a str,
    form: Option<Form<'a>>,
}

/// A form that sends the token of a link.
#[derive(Clone, Copy)]
pub(crate) struct Form<'a> {
    pub(crate) action: &'static str,
    pub(crate) token: &'a str,
    pub(crate) password: Option<PasswordField>,
    pub(crate) button: &'static str,
}

/// The field of a password.
#[derive(Clone, Copy)]
pub(crate) struct PasswordField {
    pub(crate) label: &'static str,
    /// What a password manager is to do (HTML, section 4.10.18.7).
    pub(crate) autocomplete: &'static str,
}

/// A page.
pub(crate) fn page(status: u16, title: &str, text: &str, form: Option<Form<'_>>) -> Reply {
    let page = Page { title, text, form };
    match page.render() {
        Ok(html) => guarded(reply::html(status, html)),
        Err(error) => {
            eprintln!("error: a page was not rendered: {error}");
            reply::problem(&Problem::new(500, "internal", "Internal error"))
        }
    }
}

/// Adds the headers that keep a token from leaving the page.
pub(crate) fn guarded(reply: Reply) -> Reply {
    let reply = reply::with(reply, "content-security-policy", CSP);
    let reply = reply::with(reply, "referrer-policy", "no-referrer");
    let reply = reply::with(reply, "vary", "accept");
    reply::with(reply, "cache-control", "no-store")
}
