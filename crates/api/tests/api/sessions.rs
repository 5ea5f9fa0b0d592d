//! Sessions of browsers: the cookie and its end.

use std::time::Duration;

use tonearm_api::route::{Handler, routes};

use crate::request::{Call, Form, Reply, call, get, upload};
use crate::world::{SESSION_LIFETIME, UNKNOWN, World};

/// A request of a page of this site on the local machine.
pub fn local(method: &str, path: &str) -> Call {
    call(method, path)
        .header("host", "localhost:3000")
        .header("sec-fetch-site", "same-origin")
}

pub fn with_cookie(call: Call, token: &str) -> Call {
    call.header("cookie", &format!("tonearm={token}"))
}

/// The requests that auth got, as method and path, without those for its keys.
pub fn asked_of_auth(world: &World) -> Vec<String> {
    let requests = world.auth_requests.borrow();
    let asked = requests.iter().map(|request| {
        let path = request.uri().path().trim_start_matches("/auth");
        format!("{} {path}", request.method())
    });
    asked.filter(|line| !line.contains("jwks")).collect()
}

/// The token in the `Set-Cookie` of a reply.
#[track_caller]
pub fn token_of(reply: &Reply) -> &str {
    let cookie = reply.header("set-cookie");
    let value = cookie.strip_prefix("tonearm=");
    let value = value.unwrap_or_else(|| panic!("no cookie: {reply:?}"));
    value.split(';').next().unwrap()
}

#[test]
fn a_session_is_a_cookie_that_no_script_reads() {
    // The default of the variable, also where somebody has not set it, and with a proxy in
    // front that rewrites the header Host.
    let (local, public) = ("http://127.0.0.1:3000", "https://mp3.example.org");
    for (public_url, host, name, secure) in [
        (public, "mp3.example.org", "__Host-tonearm", "Secure; "),
        (public, "127.0.0.1:3000", "__Host-tonearm", "Secure; "),
        (public, "localhost", "__Host-tonearm", "Secure; "),
        (
            "http://mp3.example.org",
            "localhost",
            "__Host-tonearm",
            "Secure; ",
        ),
        (
            "https://localhost:8443",
            "localhost:8443",
            "__Host-tonearm",
            "Secure; ",
        ),
        (local, "mp3.example.org", "__Host-tonearm", "Secure; "),
        (local, "mp3.example.org:8443", "__Host-tonearm", "Secure; "),
        (local, "192.168.1.5:3000", "__Host-tonearm", "Secure; "),
        (local, "localhost.example.org", "__Host-tonearm", "Secure; "),
        (local, "localhost", "tonearm", ""),
        (local, "LocalHost:3000", "tonearm", ""),
        (local, "127.0.0.1:3000", "tonearm", ""),
        (local, "[::1]:3000", "tonearm", ""),
    ] {
        let world = World::new();
        world.set_variable("public_url", public_url);
        let reply = call("POST", "/session")
            .header("host", host)
            .header("content-type", "application/json")
            .header("accept", "text/html")
            .header("user-agent", "Browser/1")
            .header("cookie", "other=1")
            .body(r#"{"email":"ada@example.org","password":"correct horse"}"#)
            .send(&world);
        assert_eq!(reply.status(), 201, "{host}: {reply:?}");
        let expected = serde_json::json!({
            "account": "ada",
            "email": "ada@example.org",
            "expires_at": "2026-01-15T00:00:00Z",
        });
        assert_eq!(reply.json(), expected, "{host}");
        assert_eq!(reply.header("cache-control"), "no-store");
        let cookie = reply.header("set-cookie");
        let (value, attributes) = cookie.split_once("; ").unwrap();
        let token = value.strip_prefix(&format!("{name}=")).unwrap();
        let expected =
            format!("Path=/; HttpOnly; SameSite=Strict; {secure}Max-Age={SESSION_LIFETIME}");
        assert_eq!(attributes, expected, "{host}");
        assert!(!reply.text().contains(token), "{host}");
        let jobs = get("/jobs").header("host", host).header("cookie", value);
        assert_eq!(jobs.send(&world).status(), 200, "{host}");
        let requests = world.auth_requests.borrow();
        let request = &requests[0];
        assert_eq!(request.uri(), "http://auth.test/auth/session");
        let sent = |name| {
            request
                .headers()
                .get(name)
                .map_or("", |v| v.to_str().unwrap())
        };
        assert_eq!(sent("content-type"), "application/json");
        assert_eq!(sent("accept"), "application/json");
        assert_eq!(sent("user-agent"), "Browser/1");
        assert_eq!(sent("cookie"), "");
    }
}

#[test]
fn a_refused_session_sets_no_cookie_and_opens_no_window() {
    let world = World::new();
    world.auth_status.set(401);
    let request = local("POST", "/session").body("wrong");
    let reply = request.send(&world);
    assert_eq!((reply.status(), reply.header("set-cookie")), (401, ""));
    assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"tonearm\"");
    let basic = request.header("authorization", "Basic YTpi").send(&world);
    assert_eq!(basic.header("www-authenticate"), "Basic realm=\"tonearm\"");
}

#[test]
fn every_private_route_takes_a_cookie_or_a_bearer_token() {
    for route in routes::<World>() {
        if matches!(route.handler, Handler::Anyone(_)) {
            continue;
        }
        let world = World::new();
        let token = world.token_of_session("admin", Some("s1"));
        let path = route.pattern.replace("ID", UNKNOWN);
        let request = local(route.verb.name(), &path).form(&Form::file("v.mp4", b"bytes"));
        let bearer = request
            .clone()
            .header("authorization", &format!("Bearer {token}"));
        let (bearer, cookie) = (
            bearer.send(&world),
            with_cookie(request, &token).send(&world),
        );
        assert_ne!(bearer.status(), 401, "{route:?}");
        assert_eq!(cookie.status(), bearer.status(), "{route:?}: {cookie:?}");
    }
}

#[test]
fn a_bearer_token_wins_over_a_cookie() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    let cookie = world.token_of_session("eve", Some("s1"));
    let request = with_cookie(local("GET", &format!("/jobs/{id}")), &cookie);
    assert_eq!(request.send(&world).code(), "no_such_job");
    let both = request.clone().of(&world, "ada").send(&world);
    assert_eq!(both.status(), 200);
    for header in ["Bearer", "Bearer ", "bearer nonsense"] {
        let both = request.clone().header("authorization", header);
        assert_eq!(both.send(&world).status(), 401, "{header}");
    }
    // The header may be for a proxy in front.
    let basic = request.header("authorization", "Basic YTpi");
    assert_eq!(basic.send(&world).code(), "no_such_job");
}

#[test]
fn two_cookies_of_one_name_must_not_contradict_each_other() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    let other = world.token_of_session("eve", Some("s2"));
    for (first, second, code) in [
        (token.as_str(), token.as_str(), ""),
        (token.as_str(), other.as_str(), "token_invalid"),
        (other.as_str(), token.as_str(), "token_invalid"),
        (token.as_str(), "", "token_invalid"),
        ("", token.as_str(), "token_missing"),
    ] {
        let one = format!("tonearm={first}; a=b; tonearm={second}");
        let one = local("GET", "/jobs").header("cookie", &one).send(&world);
        assert_eq!(one.code(), code, "{first} {second}");
        let two = with_cookie(with_cookie(local("GET", "/jobs"), first), second);
        assert_eq!(two.send(&world).code(), code, "{first} {second}");
    }
}

#[test]
fn each_host_has_its_own_name_of_the_cookie() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    for (host, name, status) in [
        ("localhost", "tonearm", 200),
        ("localhost", "__Host-tonearm", 401),
        ("mp3.example.org", "__Host-tonearm", 200),
        ("mp3.example.org", "tonearm", 401),
        ("mp3.example.org", "__host-tonearm", 401),
    ] {
        let cookie = format!("{name}={token}");
        let request = get("/jobs").header("host", host).header("cookie", &cookie);
        assert_eq!(request.send(&world).status(), status, "{host} {name}");
    }
}

#[test]
fn a_session_ends_at_auth_and_in_the_browser() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    let request = with_cookie(local("DELETE", "/session"), &token);
    let deleted = "tonearm=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
    for status in [200, 401, 404] {
        world.auth_status.set(200);
        assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
        world.auth_status.set(status);
        let reply = request.send(&world);
        assert_eq!((reply.status(), reply.body().len()), (204, 0), "{status}");
        assert_eq!(reply.header("set-cookie"), deleted, "{status}");
        assert_eq!(asked_of_auth(&world).last().unwrap(), "DELETE /session");
        let requests = world.auth_requests.borrow();
        let sent = requests.last().unwrap().headers()["authorization"].clone();
        assert_eq!(sent, format!("Bearer {token}"));
    }
    // The session could go on, so the browser keeps the cookie and may try again.
    world.auth_status.set(503);
    let reply = request.send(&world);
    assert_eq!((reply.status(), reply.header("set-cookie")), (503, ""));
}

#[test]
fn another_session_ends_the_one_that_its_browser_had() {
    let world = World::new();
    let former = world.token_of_session("ada", Some("s1"));
    let request = with_cookie(local("POST", "/session"), &former);
    let reply = request.send(&world);
    assert_eq!(reply.status(), 201);
    assert_ne!(token_of(&reply), former);
    assert_eq!(
        asked_of_auth(&world),
        ["POST /session", "DELETE /session"],
        "only after there is another"
    );
    let requests = world.auth_requests.borrow();
    let sent = requests.last().unwrap().headers()["authorization"].clone();
    assert_eq!(sent, format!("Bearer {former}"));
}

#[test]
fn a_session_that_is_refused_ends_no_other() {
    let world = World::new();
    let former = world.token_of_session("ada", Some("s1"));
    assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
    world.auth_status.set(401);
    let request = with_cookie(local("POST", "/session"), &former);
    assert_eq!(request.send(&world).status(), 401);
    assert_eq!(asked_of_auth(&world), ["POST /session"]);
}

#[test]
fn a_cookie_that_is_not_ours_ends_nothing() {
    let expired = World::new();
    let token = expired.token_of_session("ada", Some("s1"));
    expired.advance(Duration::from_secs(SESSION_LIFETIME + 60));
    for (world, token) in [(World::new(), "nonsense"), (expired, token.as_str())] {
        let request = with_cookie(local("POST", "/session"), token);
        assert_eq!(request.send(&world).status(), 201);
        assert_eq!(asked_of_auth(&world), ["POST /session"]);
    }
}

#[test]
fn a_bearer_token_ends_its_own_session() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    let bearer = format!("Bearer {token}");
    // Auth says whether there was one to end.
    for status in [204, 404, 503] {
        world.auth_status.set(200);
        assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
        world.auth_status.set(status);
        let cookie = world.token_of_session("eve", Some("s2"));
        let request = call("DELETE", "/session")
            .header("host", "localhost:3000")
            .header("authorization", &bearer);
        for request in [request.clone(), with_cookie(request, &cookie)] {
            let reply = request.send(&world);
            assert_eq!((reply.status(), reply.header("set-cookie")), (status, ""));
            assert_eq!(asked_of_auth(&world).last().unwrap(), "DELETE /session");
            let requests = world.auth_requests.borrow();
            let sent = requests.last().unwrap().headers()["authorization"].clone();
            assert_eq!(sent, bearer, "the Bearer token counts, not the cookie");
        }
    }
    for token in ["Bearer", "Bearer nonsense"] {
        let asked = asked_of_auth(&world).len();
        let request = call("DELETE", "/session").header("authorization", token);
        assert_eq!(request.send(&world).status(), 401, "{token}");
        assert_eq!(asked_of_auth(&world).len(), asked, "{token}");
    }
}

#[test]
fn without_a_session_there_is_nothing_to_end() {
    let world = World::new();
    let expired = world.token_of_session("ada", Some("s1"));
    world.advance(Duration::from_secs(SESSION_LIFETIME + 60));
    for token in ["", "nonsense", &expired] {
        let reply = with_cookie(local("DELETE", "/session"), token).send(&world);
        assert_eq!(reply.status(), 204, "{token}");
        assert!(reply.header("set-cookie").ends_with("Max-Age=0"), "{token}");
    }
    assert_eq!(local("DELETE", "/session").send(&world).status(), 204);
    assert!(asked_of_auth(&world).is_empty());
}

#[test]
fn an_upload_of_a_browser_is_accepted_with_its_cookie() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    let request = upload(&Form::file("v.mp4", b"bytes"))
        .header("host", "localhost:3000")
        .header("origin", "http://localhost:3000");
    let reply = with_cookie(request, &token).send(&world);
    assert_eq!(reply.only_job()["name"], "v.mp4");
}
