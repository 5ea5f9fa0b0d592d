//! `/account`: forwarded to auth.

use http::Request;
use tonearm_api::route::{Handler, routes};

use crate::request::{Call, call, get};
use crate::world::World;

const DELETED: &str = "tonearm=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";

/// A request of a page on the local machine in session `s1` of ada.
fn browser(world: &World, method: &str, path: &str) -> Call {
    let token = world.token_of_session("ada", Some("s1"));
    call(method, path)
        .header("host", "localhost:3000")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &format!("tonearm={token}"))
}

fn last_request(world: &World) -> Request<Vec<u8>> {
    world.auth_requests.borrow().last().unwrap().clone()
}

fn header<'r>(request: &'r Request<Vec<u8>>, name: &str) -> &'r str {
    let value = request.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[test]
fn every_route_of_accounts_reaches_auth_with_token_body_and_client() {
    for route in routes::<World>() {
        if !route.pattern.starts_with("/account") {
            continue;
        }
        let world = World::new();
        let (method, path) = (route.verb.name(), route.pattern.replace("ID", "s2"));
        let request = browser(&world, method, &format!("{path}?token=a%2Fb"))
            .header("user-agent", "Browser/1")
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body("{}");
        let reply = request.send(&world);
        assert!(reply.0.status().is_success(), "{route:?}: {reply:?}");
        let sent = last_request(&world);
        let uri = format!("http://auth.test/auth{path}?token=a%2Fb");
        assert_eq!(
            (sent.method().as_str(), sent.uri().to_string()),
            (method, uri)
        );
        assert_eq!(header(&sent, "user-agent"), "Browser/1", "{route:?}");
        assert_eq!(header(&sent, "content-type"), "application/json");
        assert_eq!(header(&sent, "cookie"), "", "{route:?}");
        assert_eq!(header(&sent, "sec-fetch-site"), "", "{route:?}");
        let token = header(&sent, "authorization").starts_with("Bearer ey");
        let needs_token = matches!(route.handler, Handler::User(_));
        assert_eq!(token, needs_token, "{route:?}");
        let takes_body = match method {
            "GET" => false,
            "POST" => !path.ends_with("/send") && !path.ends_with("/sign-out"),
            _ => path == "/account",
        };
        assert_eq!(!sent.body().is_empty(), takes_body, "{route:?}");
    }
}

#[test]
fn pages_of_auth_keep_their_headers() {
    let world = World::new();
    let page = get("/account/reset?token=x")
        .header("accept", "text/html")
        .send(&world);
    assert_eq!(page.status(), 200);
    assert_eq!(page.header("content-security-policy"), "default-src 'none'");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("set-cookie"), "", "only the gateway sets one");
    assert_eq!(page.header("server"), "");
    let head = call("HEAD", "/account/reset?token=x").send(&world);
    assert_eq!(head.status(), 200);
    assert_eq!(last_request(&world).method(), "GET");
}

#[test]
fn a_changed_password_keeps_the_session_with_a_new_cookie() {
    let world = World::new();
    let reply = browser(&world, "POST", "/account/password")
        .header("accept", "text/html")
        .body("{}")
        .send(&world);
    let expected = serde_json::json!({
        "account": "ada",
        "email": "ada@example.org",
        "expires_at": "2026-01-15T00:00:00Z",
    });
    assert_eq!((reply.status(), reply.json()), (200, expected));
    assert!(reply.header("set-cookie").starts_with("tonearm=ey"));
    assert_eq!(header(&last_request(&world), "accept"), "application/json");

    let bearer = call("POST", "/account/password")
        .of(&world, "ada")
        .body("{}");
    let reply = bearer.send(&world);
    assert!(reply.json()["token"].is_string(), "{reply:?}");
    assert_eq!(reply.header("set-cookie"), "");
}

#[test]
fn the_cookie_is_deleted_with_its_session() {
    for (method, path, is_deleted) in [
        ("POST", "/account/sign-out", true),
        ("DELETE", "/account", true),
        ("DELETE", "/account/sessions/s1", true),
        ("DELETE", "/account/sessions/s2", false),
        ("PATCH", "/account", false),
    ] {
        let world = World::new();
        let request = browser(&world, method, path).body("{}");
        let expected = if is_deleted { DELETED } else { "" };
        assert_eq!(
            request.send(&world).header("set-cookie"),
            expected,
            "{path}"
        );
        let bearer = call(method, path).of(&world, "ada").body("{}");
        assert_eq!(bearer.send(&world).header("set-cookie"), "", "{path}");
        world.auth_status.set(403);
        let refused = request.send(&world);
        assert_eq!((refused.status(), refused.header("set-cookie")), (403, ""));
    }
}

#[test]
fn a_wrong_password_opens_no_window_in_a_browser() {
    let world = World::new();
    assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
    world.auth_status.set(401);
    let reply = browser(&world, "DELETE", "/account")
        .body("{}")
        .send(&world);
    assert_eq!(reply.status(), 401);
    assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"tonearm\"");
}
