//! `GET /`: what this is and how to use it, as a page or as text.

use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};

const TEXT: &str = include_str!("home.txt");

/// Text for curl, a page for browsers.
pub fn page(head: &Head) -> Reply {
    let host = request::header(head, "host")
        .filter(|host| is_host(host))
        .unwrap_or("HOST");
    let text = TEXT.replace("HOST", host);
    let wants_html =
        request::header(head, "accept").is_some_and(|accept| accept.contains("text/html"));
    let reply = if wants_html {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        reply::html(
            200,
            format!(
                "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
                 <meta name=\"viewport\" content=\"width=device-width\">\n<title>Tonearm</title>\n\
                 <style>body{{max-width:52rem;margin:2rem auto;padding:0 1rem;\
                 font:16px/1.5 ui-monospace,monospace}}pre{{white-space:pre-wrap}}</style>\n\
                 <pre>{text}</pre>\n</html>\n"
            ),
        )
    } else {
        reply::text(200, text)
    };
    let reply = reply::with(reply, "vary", "accept");
    reply::with(
        reply,
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'",
    )
}

/// A host and port and nothing that could be markup.
fn is_host(host: &str) -> bool {
    host.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}
