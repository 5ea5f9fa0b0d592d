//! Cookies (RFC 6265bis: draft-ietf-httpbis-rfc6265bis, sections 4 and 5).
//!
//! Only cookies that carry a session: they belong to one host, are hidden from scripts,
//! and are not sent with requests from other sites.

use std::fmt;

use http::header;

use crate::request::Head;

/// The values of all cookies `name` of a request, in its order.
///
/// There may be several, for instance with different paths, and nothing tells them apart
/// (section 4.2.2). Over HTTP/2 they may arrive in several headers (RFC 9113, section
/// 8.2.3). A value that is not ASCII is ignored, and so is what has no name.
pub fn values<'h>(head: &'h Head, name: &'h str) -> impl Iterator<Item = &'h str> {
    let headers = head.headers().get_all(header::COOKIE).into_iter();
    let pairs = headers.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let pair = std::str::from_utf8(pair.trim_ascii()).ok()?;
        let (found, value) = pair.split_once('=')?;
        (found == name && value.is_ascii()).then_some(value)
    })
}

/// A `Set-Cookie` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetCookie<'a> {
    /// The name. One with the prefix `__Host-` must be secure (section 4.1.3.2).
    pub name: &'a str,
    /// The value, without spaces, quotes, commas, semicolons and backslashes.
    pub value: &'a str,
    /// For how many seconds it is kept; 0 deletes it.
    pub max_age: u64,
    /// Whether it is sent over TLS alone.
    pub is_secure: bool,
}

impl fmt::Display for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, .. } = self;
        write!(f, "{name}={value}; Path=/; HttpOnly; SameSite=Strict; ")?;
        if self.is_secure {
            f.write_str("Secure; ")?;
        }
        write!(f, "Max-Age={}", self.max_age)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;

    fn sent(headers: &[&[u8]]) -> Vec<String> {
        let mut head = Request::new(());
        for value in headers {
            let value = HeaderValue::from_bytes(value).unwrap();
            head.headers_mut().append(header::COOKIE, value);
        }
        values(&head, "s").map(str::to_owned).collect()
    }

    #[test]
    fn a_cookie_is_found_by_its_exact_name() {
        let cases: [(&[&[u8]], &[&str]); 13] = [
            (&[], &[]),
            (&[b""], &[]),
            (&[b"s=1"], &["1"]),
            (&[b"a=0; s=1; b=2"], &["1"]),
            // Browsers write "; ", but spaces are optional (section 5.8.3, step 4).
            (&[b"a=0;s=1;b=2", b" s = 2 "], &["1"]),
            (&[b"S=1; xs=2; s2=3; __Host-s=4"], &[]),
            (&[b"s"], &[]),
            (&[b"s="], &[""]),
            (&[b"s=a=b"], &["a=b"]),
            (&[b"s=\"1\""], &["\"1\""]),
            (&[b"s=1; s=2"], &["1", "2"]),
            (&[b"s=1; a=0", b"s=2"], &["1", "2"]),
            (&[b"a=\xff\xfe; s=1; s=\xc3\xa4; =x; ;;"], &["1"]),
        ];
        for (headers, want) in cases {
            assert_eq!(sent(headers), want, "{headers:?}");
        }
    }

    #[test]
    fn the_attributes_of_a_session() {
        let cookie = SetCookie {
            name: "__Host-s",
            value: "a.b",
            max_age: 60,
            is_secure: true,
        };
        let text = "__Host-s=a.b; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=60";
        assert_eq!(cookie.to_string(), text);
        let local = SetCookie {
            name: "s",
            value: "",
            max_age: 0,
            is_secure: false,
        };
        let text = "s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
        assert_eq!(local.to_string(), text);
    }
}
