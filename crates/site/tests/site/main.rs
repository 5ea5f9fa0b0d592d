//! Requests to a website of three files.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod caching;
mod encodings;
mod paths;

use tonearm_site::{Asset, Site};
use tonearm_web::reply::Reply;

/// A website whose hash is `abc`.
const SITE: Site = Site {
    hash: "abc",
    page: asset("index.html", "text/html; charset=utf-8", b"<!doctype html>"),
    files: &[
        asset(
            "app.js",
            "text/javascript; charset=utf-8",
            b"import './texts/de.js'",
        ),
        asset("icon.svg", "image/svg+xml", b"<svg/>"),
        asset("plain.css", "text/css; charset=utf-8", b"body{}"),
        asset(
            "texts/de.js",
            "text/javascript; charset=utf-8",
            b"export {}",
        ),
    ],
};

const fn asset(path: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset {
        path,
        media_type,
        tag: path,
        identity: bytes,
        brotli: Some(b"in brotli"),
        gzip: Some(b"in gzip"),
    }
}

/// Sends a request with these headers.
fn send(method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = http::Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    SITE.answer(&request.body(()).unwrap())
}

fn get(path: &str) -> Reply {
    send("GET", path, &[])
}

fn header<'r>(reply: &'r Reply, name: &str) -> &'r str {
    let value = reply.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

fn text(reply: &Reply) -> &str {
    str::from_utf8(reply.body()).unwrap()
}

/// Status, headers and body as in a message.
fn shown(reply: &Reply) -> String {
    let mut lines = vec![reply.status().as_u16().to_string()];
    let mut headers: Vec<_> = reply.headers().iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    lines.extend(
        headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())),
    );
    lines.push(String::new());
    lines.push(text(reply).to_owned());
    lines.join("\n")
}
