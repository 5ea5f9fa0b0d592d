//! Requests that another site makes a browser send: refused if they carry the cookie of a
//! session and change something, and if they would set or delete it.

use tonearm_api::route::{Handler, routes};

use crate::request::{Call, Form, call};
use crate::world::{UNKNOWN, World};

const HOST: &str = "mp3.example.org";
const OWN: &str = "https://mp3.example.org";

/// What a browser says about the source of a request, and whether that is this site.
#[rustfmt::skip]
const SOURCES: [(Option<&str>, Option<&str>, bool); 16] = [
    // Sec-Fetch-Site, Origin.
    (Some("same-origin"), None, true),
    (Some("same-origin"), Some(OWN), true),
    (Some("same-origin"), Some("null"), true),
    (Some("same-site"), None, false),
    (Some("same-site"), Some("https://www.example.org"), false),
    (Some("cross-site"), None, false),
    (Some("cross-site"), Some("https://evil.example"), false),
    (Some("cross-site"), Some(OWN), false),
    (Some("none"), None, false),
    (Some(""), None, false),
    (None, Some(OWN), true),
    (None, Some("http://mp3.example.org"), false),
    (None, Some("https://mp3.example.org:8443"), false),
    (None, Some("https://mp3.example.org.evil.example"), false),
    (None, Some("https://evil.example"), false),
    (None, Some("null"), false),
];

fn from(call: Call, site: Option<&str>, origin: Option<&str>) -> Call {
    let call = call.header("host", HOST);
    let call = match site {
        Some(site) => call.header("sec-fetch-site", site),
        None => call,
    };
    match origin {
        Some(origin) => call.header("origin", origin),
        None => call,
    }
}

fn with_cookie(call: Call, token: &str) -> Call {
    call.header("cookie", &format!("__Host-tonearm={token}"))
}

#[test]
fn a_cookie_changes_something_only_for_a_page_of_this_site() {
    let private = routes::<World>()
        .into_iter()
        .filter(|route| !matches!(route.handler, Handler::Anyone(_)));
    for route in private {
        let (method, path) = (route.verb.name(), route.pattern.replace("ID", UNKNOWN));
        let is_safe = matches!(method, "GET" | "HEAD");
        let world = World::new();
        let token = world.token_of_session("admin", Some("s1"));
        let silent = (None, None, false);
        for (site, origin, is_own) in SOURCES.into_iter().chain([silent]) {
            let what = format!("{method} {path}, {site:?}, {origin:?}");
            let request = call(method, &path).form(&Form::file("v.mp4", b"bytes"));
            let request = from(request, site, origin);
            let cookie = with_cookie(request.clone(), &token).send(&world);
            let is_refused = cookie.code() == "cross_site_request";
            assert_eq!(is_refused, !is_safe && !is_own, "{what}: {cookie:?}");
            // No browser adds a Bearer token on its own.
            let bearer = request.header("authorization", &format!("Bearer {token}"));
            for request in [bearer.clone(), with_cookie(bearer, &token)] {
                let reply = request.send(&world);
                assert_ne!(reply.code(), "cross_site_request", "{what}: {reply:?}");
            }
        }
    }
}

#[test]
fn no_other_site_logs_a_browser_in_or_out() {
    for (method, done) in [("POST", 201), ("DELETE", 204)] {
        let world = World::new();
        let token = world.token_of_session("ada", Some("s1"));
        for (site, origin, is_own) in SOURCES {
            let request = from(call(method, "/session"), site, origin);
            for request in [request.clone(), with_cookie(request, &token)] {
                let reply = request.send(&world);
                let status = if is_own { done } else { 403 };
                let what = format!("{method}, {site:?}, {origin:?}");
                assert_eq!(reply.status(), status, "{what}: {reply:?}");
                assert_eq!(reply.header("set-cookie").is_empty(), !is_own, "{what}");
            }
        }
        // Like curl: without a cookie, and silent.
        let request = from(call(method, "/session"), None, None);
        assert_eq!(request.send(&world).status(), done, "{method}");
        let request = with_cookie(request, &token);
        assert_eq!(request.send(&world).status(), 403, "{method}");
    }
}
