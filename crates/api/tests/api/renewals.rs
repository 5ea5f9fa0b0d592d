//! The renewal of sessions while they are used.

use std::time::Duration;

use crate::request::{Form, get};
use crate::sessions::{asked_of_auth, local, token_of, with_cookie};
use crate::world::{SESSION_LIFETIME, UNKNOWN, World};

/// Time after which a session is renewed.
const DAY: u64 = SESSION_LIFETIME / 14;

#[test]
fn a_session_renews_itself_while_it_is_used() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    let get_jobs = |token: &str| with_cookie(local("GET", "/jobs"), token).send(&world);
    world.advance(Duration::from_secs(DAY));
    assert_eq!(get_jobs(&token).header("set-cookie"), "", "not due");
    world.advance(Duration::from_secs(1));
    let reply = get_jobs(&token);
    let renewed = token_of(&reply).to_owned();
    assert_ne!(renewed, token);
    let attributes = format!("Path=/; HttpOnly; SameSite=Strict; Max-Age={SESSION_LIFETIME}");
    assert!(reply.header("set-cookie").ends_with(&attributes));
    assert_eq!(asked_of_auth(&world), ["POST /session/renew"]);
    let requests = world.auth_requests.borrow();
    let sent = requests.last().unwrap().headers()["authorization"].clone();
    assert_eq!(sent, format!("Bearer {token}"));
    drop(requests);
    assert_eq!(get_jobs(&renewed).header("set-cookie"), "", "not due");
    // The former token stays good, for requests that are on their way.
    assert_eq!(get_jobs(&token).status(), 200);
}

#[test]
fn nothing_but_a_session_is_renewed() {
    let world = World::new();
    let session = world.token_of_session("ada", Some("s1"));
    let other = world.token("ada");
    let old = Duration::from_secs(DAY * 2);
    let bearer = format!("Bearer {session}");
    let cookie = with_cookie(local("GET", "/jobs"), &other);
    world.advance(Duration::from_secs(1800));
    assert_eq!(cookie.send(&world).status(), 200);
    world.advance(old);
    let bearer = local("GET", "/jobs").header("authorization", &bearer);
    let reply = bearer.send(&world);
    assert_eq!((reply.status(), reply.header("set-cookie")), (200, ""));
    assert!(asked_of_auth(&world).is_empty());
}

#[test]
fn a_renewal_that_fails_is_silent() {
    let world = World::new();
    let token = world.token_of_session("ada", Some("s1"));
    let request = with_cookie(local("GET", "/jobs"), &token);
    world.advance(Duration::from_secs(DAY + 1));
    // Tokens are verified with a cached key set.
    assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
    for (is_down, status) in [(true, 200), (false, 500), (false, 401), (false, 204)] {
        world.is_auth_down.set(is_down);
        world.auth_status.set(status);
        let reply = request.send(&world);
        let what = format!("{is_down} {status}");
        assert_eq!(reply.status(), 200, "{what}");
        assert_eq!(reply.header("set-cookie"), "", "{what}");
        assert_eq!(asked_of_auth(&world).last().unwrap(), "POST /session/renew");
    }
}

#[test]
fn a_renewed_cookie_goes_with_every_kind_of_answer() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    let token = world.token_of_session("ada", Some("s1"));
    world.advance(Duration::from_secs(DAY + 1));
    let form = Form::file("v.mp4", b"bytes");
    for (method, path, status) in [
        ("GET", format!("/jobs/{id}"), 200),
        ("GET", format!("/jobs/{UNKNOWN}"), 404),
        ("GET", format!("/jobs/{id}/events"), 200),
        ("GET", format!("/download?fid={id}"), 200),
        ("HEAD", format!("/download?fid={id}"), 200),
        ("GET", "/account".to_owned(), 200),
        ("PATCH", "/account".to_owned(), 200),
        ("POST", "/upload".to_owned(), 202),
    ] {
        let request = with_cookie(local(method, &path), &token).form(&form);
        let reply = request.send(&world);
        assert_eq!(reply.status(), status, "{path}: {reply:?}");
        assert_ne!(token_of(&reply), token, "{path}");
    }
}
