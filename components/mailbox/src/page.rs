//! The mails to read: a page for browsers, text for curl.

use tonearm_mail::escape;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};

use crate::mail::Mail;

/// No script, no picture and no font; the frames of HTML bodies come under it too.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE: &str = "body{max-width:52rem;margin:2rem auto;padding:0 1rem;\
    font:16px/1.5 system-ui,sans-serif}article{border-top:1px solid #999;padding:1rem 0}\
    h2{font-size:1.1rem;margin:0}p{margin:0;color:#555}pre{white-space:pre-wrap}\
    iframe{width:100%;height:24rem;border:1px solid #999;background:#fff}";
const NONE: &str = "No mail yet. It comes when a conversion ends.";

/// The mails, newest first, as the client likes them.
pub(crate) fn page(head: &Head, mails: &[Mail]) -> Reply {
    let accept = request::header(head, "accept").unwrap_or_default();
    let reply = if accept.contains("text/html") {
        reply::html(200, html(mails))
    } else {
        reply::text(200, text(mails))
    };
    let reply = reply::with(reply, "vary", "accept");
    let reply = reply::with(reply, "cache-control", "no-store");
    reply::with(reply, "content-security-policy", POLICY)
}

fn text(mails: &[Mail]) -> String {
    if mails.is_empty() {
        return format!("{NONE}\n");
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

fn html(mails: &[Mail]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Mailbox: {count}</title>\n<style>{STYLE}</style>\n\
         <h1>Mailbox</h1>\n<p>Every mail that this Tonearm sent, newest first. \
         <a href=\"/mailbox/emails\">As JSON</a></p>\n",
        count = mails.len()
    );
    if mails.is_empty() {
        page.push_str(&format!("<p>{NONE}</p>\n"));
    }
    for mail in mails {
        let content = &mail.content;
        page.push_str(&format!(
            "<article>\n<h2>{}</h2>\n<p>{} to {}, {}</p>\n<pre>{}</pre>\n",
            escape::html(&content.subject),
            escape::html(&content.from),
            escape::html(&content.to),
            escape::html(&mail.received_at),
            escape::html(&content.text),
        ));
        if !content.html.is_empty() {
            page.push_str(&format!(
                "<details><summary>As HTML</summary>\
                 <iframe sandbox srcdoc=\"{}\"></iframe></details>\n",
                escape::html(&content.html),
            ));
        }
        page.push_str("</article>\n");
    }
    page.push_str("</html>\n");
    page
}
