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

/// Where a request to the service at `public_url` comes from.
///
/// An origin is that of the service if it is that of the request's `Host` or, as a proxy may
/// rewrite this header, that of `public_url`.
pub fn source(head: &Head, public_url: &str) -> Source {
    let headers = head.headers();
    match only(headers, &SEC_FETCH_SITE) {
        Ok(None) => {}
        Ok(Some("same-origin")) => return Source::SameOrigin,
        Ok(Some(_)) | Err(Ambiguous) => return Source::Elsewhere,
    }
    match (only(headers, &header::ORIGIN), host(head)) {
        (Ok(None), _) => Source::Unstated,
        (Ok(Some(origin)), Some(host)) if is_origin_of(origin, &host) => Source::SameOrigin,
        (Ok(Some(origin)), _) if is_origin_of_url(origin, public_url) => Source::SameOrigin,
        _ => Source::Elsewhere,
    }
}

/// Whether the request was sent to the machine that its client runs on, and the service at
/// `public_url` is there for this machine alone, without TLS. A proxy may rewrite `Host`, and
/// `public_url` may not have been set, so neither decides alone.
pub fn is_local(head: &Head, public_url: &str) -> bool {
    let url = public_url.strip_prefix("http://").and_then(url_authority);
    let of_this_machine = |host: &Authority| is_local_name(host.host());
    url.as_ref().is_some_and(of_this_machine) && host(head).as_ref().is_some_and(of_this_machine)
}

/// The host and port of a URL without its scheme.
fn url_authority(rest: &str) -> Option<Authority> {
    authority(rest.split('/').next().unwrap_or_default())
}

/// Whether `origin` is that of a URL with TLS. Without it, only `Host` tells that the service
/// is on the local machine.
fn is_origin_of_url(origin: &str, url: &str) -> bool {
    let host = url.strip_prefix("https://").and_then(url_authority);
    host.is_some_and(|host| is_origin_of(origin, &host))
}

fn is_local_name(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || matches!(host, "127.0.0.1" | "[::1]")
}

fn host(head: &Head) -> Option<Authority> {
    let host = only(head.headers(), &header::HOST).ok()??;
    authority(host)
}

/// A host with an optional port, and without a user. The parser also accepts characters
/// between the two behind an IPv6 address.
fn authority(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    let rest = text.strip_prefix(authority.host())?;
    (rest.is_empty() || rest.starts_with(':')).then_some(authority)
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
        source(&request.body(()).unwrap(), "http://127.0.0.1:3000")
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
    fn the_origin_may_be_that_of_the_public_url() {
        for (url, origin, want) in [
            ("https://a.example", "https://a.example", Source::SameOrigin),
            (
                "https://a.example/",
                "https://A.example",
                Source::SameOrigin,
            ),
            (
                "https://a.example:8443",
                "https://a.example:8443",
                Source::SameOrigin,
            ),
            ("https://a.example", "http://a.example", Source::Elsewhere),
            ("https://a.example", "https://b.example", Source::Elsewhere),
            (
                "https://a.example",
                "https://a.example:8443",
                Source::Elsewhere,
            ),
            ("http://a.example", "http://a.example", Source::Elsewhere),
            (
                "http://localhost:3000",
                "http://localhost:3000",
                Source::Elsewhere,
            ),
            ("a.example", "https://a.example", Source::Elsewhere),
            ("", "https://", Source::Elsewhere),
        ] {
            for host in ["10.0.0.7:3000", "gateway"] {
                let head = Request::post("/")
                    .header("host", host)
                    .header("origin", origin);
                let head = head.body(()).unwrap();
                assert_eq!(source(&head, url), want, "{url} {origin}");
                let mut head = head;
                let site = http::HeaderValue::from_static("cross-site");
                head.headers_mut().insert(SEC_FETCH_SITE, site);
                assert_eq!(source(&head, url), Source::Elsewhere, "{url} {origin}");
            }
        }
    }

    #[test]
    fn only_a_local_url_is_local() {
        let head = Request::get("/")
            .header("host", "127.0.0.1:3000")
            .body(())
            .unwrap();
        for (url, want) in [
            ("http://127.0.0.1:3000", true),
            ("http://localhost:3000/", true),
            ("http://[::1]", true),
            ("https://localhost:3000", false),
            ("https://mp3.example.org", false),
            ("http://mp3.example.org", false),
            ("http://localhost@evil.example", false),
            ("http://localhost.example.org", false),
            ("localhost", false),
            ("", false),
        ] {
            assert_eq!(is_local(&head, url), want, "{url}");
        }
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
            ("[::1]23000", false),
            ("[::1]x:3000", false),
            ("localhost@evil.example", false),
            ("evil.example@localhost", false),
            ("mp3.example.org", false),
            ("", false),
        ] {
            let head = Request::get("/").header("host", host).body(()).unwrap();
            let url = "http://127.0.0.1:3000";
            assert_eq!(is_local(&head, url), want, "{host:?}");
            assert!(!is_local(&head, "https://mp3.example.org"), "{host:?}");
        }
        assert!(!is_local(&Request::new(()), "http://localhost"));
    }
}
