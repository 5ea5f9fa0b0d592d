//! One file of the website in all its encodings.

use headers::{ETag, HeaderMapExt, IfNoneMatch};
use tonearm_web::coding::{self, Coding};
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::Head;

/// A file, embedded in the component.
#[derive(Debug)]
pub struct Asset {
    /// The path below `assets/`, with slashes.
    pub path: &'static str,
    /// The value of `Content-Type`.
    pub media_type: &'static str,
    /// Identifies the bytes of `identity`; printable ASCII without quotes.
    pub tag: &'static str,
    /// The bytes.
    pub identity: &'static [u8],
    /// The bytes in Brotli (RFC 7932), if that is shorter.
    pub brotli: Option<&'static [u8]>,
    /// The bytes in gzip (RFC 1952), if that is shorter.
    pub gzip: Option<&'static [u8]>,
}

impl Asset {
    /// The response to a GET or HEAD: 200 in the coding that the client prefers, or 304.
    /// Each encoding has a strong entity tag of its own (RFC 9110, section 8.8.3.3).
    pub(crate) fn answer(&self, head: &Head, cache_control: &str) -> Reply {
        let (coding, bytes) = self.encoded_for(head);
        let tag = match coding.name() {
            Some(name) => format!("\"{}-{name}\"", self.tag),
            None => format!("\"{}\"", self.tag),
        };
        let reply = if is_known(head, &tag) {
            reply::empty(304)
        } else {
            let reply = reply::bytes(200, self.media_type, bytes);
            match coding.name() {
                Some(name) => reply::with(reply, "content-encoding", name),
                None => reply,
            }
        };
        let reply = reply::with(reply, "etag", &tag);
        let reply = reply::with(reply, "vary", "accept-encoding");
        reply::with(reply, "cache-control", cache_control)
    }

    fn encoded_for(&self, head: &Head) -> (Coding, &'static [u8]) {
        let encodings = [(Coding::Brotli, self.brotli), (Coding::Gzip, self.gzip)];
        let exists = |wanted: &Coding| {
            let mut encodings = encodings.iter();
            encodings.any(|(coding, bytes)| coding == wanted && bytes.is_some())
        };
        let offered = encodings.map(|(coding, _)| coding);
        let offered: Vec<_> = offered.into_iter().filter(exists).collect();
        let chosen = coding::preferred(head, &offered);
        let bytes = match chosen {
            Coding::Brotli => self.brotli,
            Coding::Gzip => self.gzip,
            Coding::Identity => None,
        };
        (chosen, bytes.unwrap_or(self.identity))
    }
}

/// Whether the client has this version already (RFC 9110, section 13.1.2).
fn is_known(head: &Head, tag: &str) -> bool {
    let known = head.headers().typed_get::<IfNoneMatch>();
    match (known, tag.parse::<ETag>()) {
        (Some(known), Ok(tag)) => !known.precondition_passes(&tag),
        _ => false,
    }
}

/// The media type of a file by its extension; `None` if the website has no such files.
pub fn media_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => return None,
    })
}
