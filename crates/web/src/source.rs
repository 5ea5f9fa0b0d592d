//! Where a request comes from: from a page of this site or from elsewhere.
//!
//! `Sec-Fetch-Site` (W3C Fetch Metadata, section 2.4) decides where a browser sends it.
//! It does so over TLS and to the local machine. Without it, `Origin` decides (RFC 6454,
//! section 7), which browsers send with every request that is not GET or HEAD.

use http::HeaderMap;
use http::header::{self, HeaderName};
use http::uri::Authority;

use crate::request::Head;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where a request comes from, as its browser states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A page of the same scheme, host and port.
    SameOrigin,
    /// A page of another origin, or nothing that can be told.
    Elsewhere,
    /// The request does not say. Programs that are no browsers say nothing.
    Unstated,
}

/// Where a request comes from.
pub fn source(head: &Head) -> Source {
    let headers = head.headers();
    match only(headers, &SEC_FETCH_SITE) {
        Ok(None) => {}
        Ok(Some("same-origin")) => return Source::SameOrigin,
        Ok(Some(_)) | Err(Ambiguous) => return Source::Elsewhere,
    }
    match (only(headers, &header::ORIGIN), host(head)) {
        (Ok(None), _) => Source::Unstated,
        (Ok(Some(origin)), Some(host)) if is_origin_of(origin, &host) => Source::SameOrigin,
        _ => Source::Elsewhere,
    }
}

/// Whether the request was sent to the machine that its client runs on.
pub fn is_local(head: &Head) -> bool {
    host(head).is_some_and(|host| is_local_name(host.host()))
}

fn is_local_name(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || matches!(host, "127.0.0.1" | "[::1]")
}

fn host(head: &Head) -> Option<Authority> {
    let host = only(head.headers(), &header::HOST).ok()??;
    authority(host)
}

/// A host with an optional port, and without a user.
fn authority(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    (!text.contains('@')).then_some(authority)
}

/// Whether `origin` is the origin of `host`. This service does not see whether a proxy in
/// front of it speaks TLS. Sessions need TLS except on the local machine, so elsewhere
/// only an origin with TLS is the same.
fn is_origin_of(origin: &str, host: &Authority) -> bool {
    let Some((scheme, origin)) = origin.split_once("://") else {
        return false;
    };
    let default_port = match scheme {
        "https" => 443,
        "http" if is_local_name(host.host()) => 80,
        _ => return false,
    };
    let port = |authority: &Authority| match authority.as_str() == authority.host() {
        true => Some(default_port),
        false => authority.port_u16(),
    };
    authority(origin).is_some_and(|origin| {
        origin.host().eq_ignore_ascii_case(host.host())
            && port(&origin).is_some()
            && port(&origin) == port(host)
    })
}

struct Ambiguous;

/// The value of a header that may occur once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Ambiguous> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Ambiguous),
        _ => Err(Ambiguous),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn of(headers: &[(&str, &str)]) -> Source {
        let request = headers.iter().fold(Request::post("/"), |request, header| {
            request.header(header.0, header.1)
        });
        source(&request.body(()).unwrap())
    }

    #[test]
    fn sec_fetch_site_decides_where_it_is_sent() {
        let host = ("host", "mp3.example.org");
        let own = ("origin", "https://mp3.example.org");
        for (site, want) in [
            ("same-origin", Source::SameOrigin),
            ("same-site", Source::Elsewhere),
            ("cross-site", Source::Elsewhere),
            ("none", Source::Elsewhere),
            ("", Source::Elsewhere),
            ("Same-Origin", Source::Elsewhere),
            ("same-origin, same-origin", Source::Elsewhere),
        ] {
            for origin in [own, ("origin", "https://evil.example"), ("x", "")] {
                let headers = [host, origin, ("sec-fetch-site", site)];
                assert_eq!(of(&headers), want, "{site:?} {origin:?}");
            }
        }
        let same = ("sec-fetch-site", "same-origin");
        let cross = ("sec-fetch-site", "cross-site");
        assert_eq!(of(&[host, own, same, cross]), Source::Elsewhere);
    }

    #[test]
    fn otherwise_the_origin_has_the_host_and_port_of_the_request() {
        for (host, origin, want) in [
            ("a.example", "https://a.example", Source::SameOrigin),
            ("A.example", "https://a.EXAMPLE", Source::SameOrigin),
            ("a.example:443", "https://a.example", Source::SameOrigin),
            (
                "a.example:8443",
                "https://a.example:8443",
                Source::SameOrigin,
            ),
            (
                "localhost:3000",
                "http://localhost:3000",
                Source::SameOrigin,
            ),
            ("localhost", "http://localhost", Source::SameOrigin),
            ("127.0.0.1:80", "http://127.0.0.1", Source::SameOrigin),
            ("[::1]:3000", "http://[::1]:3000", Source::SameOrigin),
            ("localhost:3000", "http://localhost:3001", Source::Elsewhere),
            ("localhost:3000", "http://127.0.0.1:3000", Source::Elsewhere),
            ("localhost:3000", "http://localhost", Source::Elsewhere),
            ("a.example", "http://a.example", Source::Elsewhere),
            ("a.example:80", "http://a.example", Source::Elsewhere),
            ("a.example", "https://b.a.example", Source::Elsewhere),
            (
                "a.example",
                "https://a.example.evil.example",
                Source::Elsewhere,
            ),
            ("a.example", "https://evil.example", Source::Elsewhere),
            ("a.example", "https://a.example:8443", Source::Elsewhere),
            (
                "a.example",
                "https://a.example@evil.example",
                Source::Elsewhere,
            ),
            (
                "a.example",
                "https://evil.example@a.example",
                Source::Elsewhere,
            ),
            ("a.example", "https://a.example/path", Source::Elsewhere),
            ("a.example", "ftp://a.example", Source::Elsewhere),
            ("a.example", "a.example", Source::Elsewhere),
            ("a.example", "null", Source::Elsewhere),
            ("a.example", "", Source::Elsewhere),
            ("", "https://", Source::Elsewhere),
            ("a.example:", "https://a.example:", Source::Elsewhere),
            ("a.example:x", "https://a.example:x", Source::Elsewhere),
        ] {
            let headers = [("host", host), ("origin", origin)];
            assert_eq!(of(&headers), want, "{host:?} {origin:?}");
        }
        let origin = ("origin", "https://a.example");
        assert_eq!(of(&[origin]), Source::Elsewhere, "no host");
        let host = ("host", "a.example");
        assert_eq!(of(&[host, origin, origin]), Source::Elsewhere, "twice");
        assert_eq!(of(&[host]), Source::Unstated);
    }

    #[test]
    fn local_hosts() {
        for (host, want) in [
            ("localhost", true),
            ("LOCALHOST:3000", true),
            ("127.0.0.1:3000", true),
            ("[::1]", true),
            ("127.0.0.2", false),
            ("localhost.example.org", false),
            ("x.localhost", false),
            ("localhost@evil.example", false),
            ("evil.example@localhost", false),
            ("mp3.example.org", false),
            ("", false),
        ] {
            let head = Request::get("/").header("host", host).body(()).unwrap();
            assert_eq!(is_local(&head), want, "{host:?}");
        }
        assert!(!is_local(&Request::new(())));
    }
}
