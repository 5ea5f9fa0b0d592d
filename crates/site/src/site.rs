//! Which file a request gets.

use http::{Method, StatusCode};
use tonearm_web::accept;
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::{self, Head};

use crate::{Asset, instructions, policy};

/// For paths with a hash: never asked for again (RFC 8246).
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// For fixed paths that other pages use.
const FOR_MINUTES: &str = "public, max-age=300";
/// For `/`: kept, and asked for each time.
const REVALIDATED: &str = "no-cache";

/// Crawlers find one page.
const ROBOTS: Asset = Asset {
    path: "robots.txt",
    media_type: "text/plain; charset=utf-8",
    tag: "robots-1",
    identity: b"User-agent: *\nAllow: /$\nDisallow: /\n",
    brotli: None,
    gzip: None,
};

/// All files of one version of the website.
#[derive(Debug)]
pub struct Site {
    /// The hash of all files, the folder of immutable paths.
    pub hash: &'static str,
    /// The page at `/`.
    pub page: Asset,
    /// All other files.
    pub files: &'static [Asset],
}

impl Site {
    /// The response to a request: 200 or 304, 404 for an unknown path, 405 for other
    /// methods than GET and HEAD.
    pub fn answer(&self, head: &Head) -> Reply {
        let path = head.uri().path();
        let answer = match path.strip_prefix("/site/") {
            Some(rest) => self.below_site(rest, head),
            None => self.fixed(path, head),
        };
        let reply = match answer {
            None => reply::no_such_path(path),
            Some(_) if ![Method::GET, Method::HEAD].contains(head.method()) => {
                reply::method_not_allowed("GET, HEAD")
            }
            Some(reply) => reply,
        };
        if head.method() == Method::HEAD {
            without_body(reply)
        } else {
            reply
        }
    }

    /// What has a path of its own.
    fn fixed(&self, path: &str, head: &Head) -> Option<Reply> {
        match path {
            "/" => Some(self.home(head)),
            "/favicon.ico" | "/favicon.svg" => {
                Some(self.file("icon.svg")?.answer(head, FOR_MINUTES))
            }
            "/robots.txt" => Some(ROBOTS.answer(head, FOR_MINUTES)),
            _ => None,
        }
    }

    fn below_site(&self, rest: &str, head: &Head) -> Option<Reply> {
        if rest == "plain.css" {
            return Some(self.file(rest)?.answer(head, FOR_MINUTES));
        }
        let path = rest.strip_prefix(self.hash)?.strip_prefix('/')?;
        Some(self.file(path)?.answer(head, FOR_GOOD))
    }

    /// The page for browsers, instructions for programs.
    fn home(&self, head: &Head) -> Reply {
        let reply = if accept::prefers_html(request::header(head, "accept")) {
            policy::protect(self.page.answer(head, REVALIDATED))
        } else {
            let text = instructions(request::header(head, "host"));
            reply::with(reply::text(200, text), "cache-control", REVALIDATED)
        };
        reply::with(reply, "vary", "accept, accept-encoding")
    }

    fn file(&self, path: &str) -> Option<&Asset> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The response to a HEAD: with the length that a GET would get (RFC 9110, section 9.3.2).
fn without_body(mut reply: Reply) -> Reply {
    let length = std::mem::take(reply.body_mut()).len();
    if reply.status() == StatusCode::NOT_MODIFIED {
        return reply;
    }
    reply::with(reply, "content-length", &length.to_string())
}
