//! The table of routes: tokens, methods, and its documentation.

use std::collections::BTreeMap;

use tonearm_api::route::{Handler, Route, routes};

use crate::request::{Form, call, get};
use crate::world::{UNKNOWN, World};

fn path(route: &Route<World>) -> String {
    route.pattern.replace("ID", UNKNOWN)
}

#[test]
fn every_private_route_requires_a_valid_token() {
    let world = World::new();
    let good = world.token("ada");
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let forged = format!("Bearer {head}.{claims}.{}", "A".repeat(signature.len()));
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let private = routes::<World>().into_iter().filter(|route| {
        let handler = &route.handler;
        matches!(handler, Handler::User(_) | Handler::Administrator(_))
    });
    let private = private.map(|route| (route.verb.name(), path(&route)));
    let mut count = 0;
    for (method, path) in private.chain([("GET", "/admin".to_owned())]) {
        for (authorization, code) in [
            (None, "token_missing"),
            (Some("Bearer"), "token_missing"),
            (Some("Basic YTpi"), "token_missing"),
            (Some("Bearer nonsense"), "token_invalid"),
            (Some(forged.as_str()), "token_invalid"),
            (Some(unsigned.as_str()), "token_invalid"),
        ] {
            let mut request = call(method, &path).form(&Form::file("v.mp4", b"bytes"));
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            let reply = request.send(&world);
            let what = format!("{method} {path} with {authorization:?}");
            assert_eq!(
                (reply.status(), reply.code().as_str()),
                (401, code),
                "{what}"
            );
            let challenge = reply.header("www-authenticate");
            assert!(challenge.starts_with("Bearer"), "{what}: {challenge}");
        }
        count += 1;
    }
    assert!(count > 18, "{count} private routes");
    assert!(world.files.blobs().is_empty());
}

#[test]
fn open_routes_need_no_token() {
    let world = World::new();
    for route in routes::<World>() {
        if matches!(route.handler, Handler::Anyone(_)) {
            let reply = call(route.verb.name(), &path(&route)).send(&world);
            assert!(reply.0.status().is_success(), "{route:?}: {reply:?}");
        }
    }
}

#[test]
fn a_path_names_its_methods_in_allow() {
    let world = World::new();
    let mut allowed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for route in routes::<World>() {
        if !matches!(route.handler, Handler::MetricsReader(_)) {
            let methods = allowed.entry(route.pattern).or_default();
            methods.push(route.verb.allow());
        }
    }
    for (pattern, methods) in allowed {
        let path = pattern.replace("ID", UNKNOWN);
        let reply = call("PUT", &path).of(&world, "admin").send(&world);
        assert_eq!(reply.status(), 405, "{path}");
        assert_eq!(reply.header("allow"), methods.join(", "), "{path}");
    }
}

#[test]
fn head_is_supported_wherever_get_is() {
    for route in routes::<World>() {
        let world = World::new();
        let path = path(&route);
        let status = |method: &str| {
            let request = call(method, &path).of(&world, "admin");
            request.send(&world).status()
        };
        if route.verb.name() == "GET" {
            assert_eq!(status("HEAD"), status("GET"), "{path}");
        }
    }
}

#[test]
fn slashes_around_a_path_are_ignored() {
    let world = World::new();
    let reply = get("/healthz/").send(&world);
    assert_eq!(reply.status(), 200);
}

/// Below `/admin`, users get the response of an unknown path, byte by byte.
#[test]
fn administration_is_invisible_to_users() {
    let world = World::new();
    let mut paths: Vec<_> = routes::<World>()
        .iter()
        .filter(|route| !matches!(route.handler, Handler::Anyone(_) | Handler::User(_)))
        .map(|route| (route.verb.name(), path(route)))
        .collect();
    paths.extend([
        ("GET", "/admin".to_owned()),
        ("PUT", "/admin/dead-letters".to_owned()),
        ("PUT", "/metrics".to_owned()),
    ]);
    for (method, path) in paths {
        let refused = call(method, &path).of(&world, "eve").send(&world);
        assert_eq!(
            (refused.status(), refused.code().as_str()),
            (404, "not_found"),
            "{path}"
        );
        let unknown = call(method, "/nowhere").of(&world, "eve").send(&world);
        assert_eq!(
            refused.text().replace(&path, "/nowhere"),
            unknown.text(),
            "{path}"
        );
        assert_eq!(refused.0.headers(), unknown.0.headers(), "{path}");
    }
}

#[test]
fn administrators_routes_lie_below_admin() {
    for route in routes::<World>() {
        let is_below = route.pattern.starts_with("/admin/");
        let is_administrators = matches!(route.handler, Handler::Administrator(_));
        assert_eq!(is_below, is_administrators, "{route:?}");
    }
}

/// The table in the documentation of the crate has the rows of the route table.
#[test]
fn the_documentation_lists_every_route() {
    let rows = include_str!("../../src/lib.rs").lines();
    let rows = rows.filter_map(|line| line.strip_prefix("//! | `"));
    let documented: Vec<_> = rows
        .map(|row| {
            let mut cells = row.split(" | ");
            let route = cells.next().unwrap().trim_end_matches('`');
            (route.to_owned(), cells.next().unwrap().to_owned())
        })
        .collect();
    let actual: Vec<_> = routes::<World>()
        .iter()
        .map(|route| (format!("{route:?}"), route.handler.access().to_owned()))
        .collect();
    assert_eq!(documented, actual);
}

/// `GET /` mentions the routes that users need.
#[test]
fn the_instructions_mention_every_route_of_users() {
    let world = World::new();
    let text = get("/")
        .header("host", "mp3.example.org")
        .send(&world)
        .text();
    for route in routes::<World>() {
        let path = match route.pattern {
            "/" | "/.well-known/jwks.json" => continue,
            pattern => pattern,
        };
        if matches!(route.handler, Handler::Anyone(_) | Handler::User(_)) {
            assert!(text.contains(path), "{route:?} is missing");
        }
    }
    assert!(text.contains("http://mp3.example.org/upload"), "{text}");
}

#[test]
fn browsers_get_the_instructions_as_text() {
    let world = World::new();
    let page = get("/")
        .header("accept", "text/html,*/*")
        .header("host", "<script>")
        .send(&world);
    assert_eq!(page.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(!page.text().contains("<script>"), "{}", page.text());
}
