//! The cache of auth's key set.

use std::time::Duration;

use tonearm_tokens::Signer;

use crate::request::get;
use crate::world::World;

fn status(world: &World, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let request = get("/jobs").header("authorization", &bearer);
    request.send(world).status()
}

fn fetches(world: &World) -> usize {
    world.auth_requests.borrow().len()
}

#[test]
fn the_key_set_is_fetched_once_in_five_minutes() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(status(&world, &world.token("ada")), 200);
    }
    assert_eq!(fetches(&world), 1);
    let uri = world.auth_requests.borrow()[0].uri().to_string();
    assert_eq!(uri, "http://auth.test/auth/.well-known/jwks.json");
    world.advance(Duration::from_secs(299));
    assert_eq!(status(&world, &world.token("ada")), 200);
    assert_eq!(fetches(&world), 1);
    world.advance(Duration::from_secs(1));
    assert_eq!(status(&world, &world.token("ada")), 200);
    assert_eq!(fetches(&world), 2);
}

#[test]
fn a_new_key_is_accepted_at_once_unless_the_set_is_seconds_old() {
    let world = World::new();
    assert_eq!(status(&world, &world.token("ada")), 200);
    *world.signer.borrow_mut() = Signer::generate();
    let token = world.token("ada");
    world.advance(Duration::from_secs(9));
    assert_eq!(status(&world, &token), 401);
    assert_eq!(fetches(&world), 1);
    world.advance(Duration::from_secs(1));
    assert_eq!(status(&world, &token), 200);
    assert_eq!(fetches(&world), 2);
}

#[test]
fn tokens_with_invented_keys_do_not_flood_auth() {
    let world = World::new();
    let forged = {
        let other = World::new();
        other.token("ada")
    };
    for _ in 0..20 {
        assert_eq!(status(&world, &forged), 401);
        world.advance(Duration::from_secs(1));
    }
    assert!(fetches(&world) <= 3, "{} fetches", fetches(&world));
}

#[test]
fn a_withdrawn_key_is_refused_after_five_minutes() {
    let world = World::new();
    let token = world.token("ada");
    assert_eq!(status(&world, &token), 200);
    *world.signer.borrow_mut() = Signer::generate();
    assert_eq!(status(&world, &token), 200);
    world.advance(Duration::from_secs(300));
    assert_eq!(status(&world, &token), 401);
}

#[test]
fn while_auth_is_down_the_cached_set_is_used_for_a_day() {
    let world = World::new();
    assert_eq!(status(&world, &world.token("ada")), 200);
    world.is_auth_down.set(true);
    world.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(status(&world, &world.token("ada")), 200);
    world.advance(Duration::from_secs(1));
    assert_eq!(status(&world, &world.token("ada")), 503);
}

#[test]
fn an_invalid_key_set_does_not_replace_the_cached_one() {
    let world = World::new();
    assert_eq!(status(&world, &world.token("ada")), 200);
    world.advance(Duration::from_secs(300));
    world.auth_status.set(500);
    assert_eq!(status(&world, &world.token("ada")), 200);
    world.auth_status.set(200);
    assert_eq!(status(&world, &world.token("ada")), 200);
    assert_eq!(fetches(&world), 3);
}

#[test]
fn a_request_to_auth_is_forwarded_with_selected_headers() {
    let world = World::new();
    let reply = crate::request::call("POST", "/login")
        .header("authorization", "Basic YTpi")
        .header("accept", "application/json")
        .header("cookie", "secret")
        .body("body")
        .send(&world);
    assert_eq!((reply.status(), reply.body()), (200, &b"body"[..]));
    assert_eq!(reply.header("content-type"), "text/plain");
    assert_eq!(reply.header("server"), "", "is not returned");
    let requests = world.auth_requests.borrow();
    let request = requests.last().unwrap();
    assert_eq!(request.uri(), "http://auth.test/auth/login");
    assert_eq!(request.method(), "POST");
    let mut headers: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
    headers.sort_unstable();
    assert_eq!(headers, ["accept", "authorization"]);
    assert_eq!(reply.header("set-cookie"), "", "is not returned");
}

#[test]
fn a_refusal_of_auth_is_returned_as_it_is() {
    let world = World::new();
    world.auth_status.set(429);
    let reply = crate::request::call("POST", "/login")
        .body("slow down")
        .send(&world);
    assert_eq!((reply.status(), reply.body()), (429, &b"slow down"[..]));
}
