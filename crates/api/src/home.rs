//! `GET /`: instructions, as text or as a page.

use tonearm_web::reply;
use tonearm_web::request;

use crate::answer::{Answer, Call};
use crate::{Error, Platform};

const TEXT: &str = include_str!("home.txt");

/// Text for curl, a page for browsers.
pub(crate) fn show<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let host = request::header(call.head, "host")
        .filter(|host| is_host(host))
        .unwrap_or("HOST");
    let text = TEXT.replace("HOST", host);
    let accept = request::header(call.head, "accept").unwrap_or_default();
    let reply = if accept.contains("text/html") {
        reply::html(200, page(&text))
    } else {
        reply::text(200, text)
    };
    let reply = reply::with(reply, "vary", "accept");
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    let reply = reply::with(reply, "content-security-policy", policy);
    Ok(Answer::Complete(reply))
}

fn page(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Tonearm</title>\n\
         <style>body{{max-width:52rem;margin:2rem auto;padding:0 1rem;\
         font:16px/1.5 ui-monospace,monospace}}pre{{white-space:pre-wrap}}</style>\n\
         <pre>{text}</pre>\n</html>\n"
    )
}

/// Whether `host` is a host name or address with an optional port, and free of markup.
fn is_host(host: &str) -> bool {
    host.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}
