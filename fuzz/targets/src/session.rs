//! Reads the cookie of a session and the source of a request. The first line of the input is
//! the header `Host`, the second `Origin`, and each other one a header `Cookie`.

use http::{HeaderValue, Request, header};
use tonearm_web::source::{Source, is_local, source};
use tonearm_web::{cookie, request::Head};

const NAME: &str = "__Host-tonearm";
const LOCAL: &str = "http://127.0.0.1:3000";
const PUBLIC: &str = "https://mp3.example.org";

pub(crate) fn run(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let mut head: Head = Request::new(());
    for name in [header::HOST, header::ORIGIN] {
        if let Some(Ok(value)) = lines.next().map(HeaderValue::from_bytes) {
            head.headers_mut().insert(name, value);
        }
    }
    for value in lines.flat_map(HeaderValue::from_bytes) {
        head.headers_mut().append(header::COOKIE, value);
    }
    check_cookies(&mut head);
    check_source(&mut head);
}

/// A value is what stands behind the name in one of the headers, and our own is found
/// whatever else there is.
fn check_cookies(head: &mut Head) {
    for value in cookie::values(head, NAME) {
        assert!(value.is_ascii() && !value.contains(';'), "{value:?}");
        let pair = format!("{NAME}={value}").into_bytes();
        let holds = |bytes: &[u8]| bytes.windows(pair.len()).any(|part| part == pair);
        let headers = head.headers().get_all(header::COOKIE);
        assert!(headers.iter().any(|header| holds(header.as_bytes())));
    }
    let before = cookie::values(head, NAME).count();
    let own = HeaderValue::from_static("a=b; __Host-tonearm=own");
    head.headers_mut().append(header::COOKIE, own);
    assert_eq!(cookie::values(head, NAME).count(), before + 1);
    assert_eq!(cookie::values(head, NAME).last(), Some("own"));
}

/// Nothing makes another site this one, and only names of this machine are local.
fn check_source(head: &mut Head) {
    let host = head.headers().get(header::HOST);
    let host = host.map(|host| host.as_bytes().to_ascii_lowercase());
    assert!(!is_local(head, PUBLIC));
    if is_local(head, LOCAL) {
        let names: [&[u8]; 3] = [b"localhost", b"127.0.0.1", b"[::1]"];
        let host = host.unwrap_or_default();
        let rest = names.iter().find_map(|name| host.strip_prefix(*name));
        assert!(matches!(rest, Some([] | [b':', ..])), "{host:?}");
    }
    for url in [LOCAL, PUBLIC] {
        if source(head, url) == Source::SameOrigin {
            let origin = head.headers()[header::ORIGIN].as_bytes();
            assert!(origin.starts_with(b"https://") || is_local(head, LOCAL));
        }
    }
    let other = HeaderValue::from_static("cross-site");
    head.headers_mut().insert("sec-fetch-site", other);
    for url in [LOCAL, PUBLIC] {
        assert_eq!(source(head, url), Source::Elsewhere);
    }
}
