//! Revoked tokens: refused on every route, and while a request goes on.

use std::time::Duration;

use tonearm_api::route::{Handler, routes};
use tonearm_api::{Answer, BodyReader, Error, Progress, answer};
use tonearm_tokens::TokenError;

use crate::request::{Form, call, get, upload};
use crate::world::{LIFETIME, UNKNOWN, World};

/// Within this time a revoked token is useless.
const PROMISE: Duration = Duration::from_secs(10);

fn revoke(world: &World, account: &str) {
    let mut contents = world.contents();
    contents.min_versions.insert(account.to_owned(), 1);
}

/// The private routes, each as method, path and whether others learn that it exists.
fn private_routes() -> Vec<(&'static str, String, bool)> {
    let private = routes::<World>().into_iter().filter_map(|route| {
        let is_hidden = match route.handler {
            Handler::Anyone(_) => return None,
            Handler::User(_) | Handler::Administrator(_) => false,
            Handler::MetricsReader(_) => true,
        };
        let path = route.pattern.replace("ID", UNKNOWN);
        Some((route.verb.name(), path, is_hidden))
    });
    private.collect()
}

#[test]
fn a_revoked_token_is_refused_within_ten_seconds_everywhere() {
    let world = World::new();
    let token = world.token("admin");
    let send = |method: &str, path: &str| {
        let request = call(method, path).form(&Form::file("v.mp4", b"bytes"));
        let request = request.header("authorization", &format!("Bearer {token}"));
        request.send(&world)
    };
    let private = private_routes();
    for (method, path, _) in &private {
        let reply = send(method, path);
        assert_ne!(reply.status(), 401, "{method} {path}: {reply:?}");
        assert_ne!(reply.code(), "not_found", "{method} {path}: {reply:?}");
    }
    world.contents().jobs.clear();
    let blobs = world.files.blobs();
    revoke(&world, "admin");
    for (method, path, is_hidden) in &private {
        let reply = send(method, path);
        let refusal = match is_hidden {
            true => (404, "not_found".to_owned()),
            false => (401, "token_revoked".to_owned()),
        };
        assert_eq!((reply.status(), reply.code()), refusal, "{method} {path}");
    }
    assert!(world.contents().jobs.is_empty());
    assert_eq!(world.files.blobs(), blobs);
    assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
}

#[test]
fn a_running_stream_of_events_ends_when_its_token_is_revoked() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    let mut polls = 0;
    *world.on_sleep.borrow_mut() = Some(Box::new(move |contents| {
        polls += 1;
        if polls == 20 {
            contents.min_versions.insert("ada".to_owned(), 1);
        }
    }));
    let path = format!("/jobs/{id}/events");
    assert_eq!(get(&path).of(&world, "ada").send(&world).status(), 200);
    let revoked_at = Duration::from_secs(10);
    let ended = world.elapsed.get();
    assert!(
        ended > revoked_at && ended <= revoked_at + PROMISE,
        "{ended:?}"
    );
}

#[test]
fn a_running_stream_of_events_ends_when_its_token_expires() {
    let world = World::new();
    let id = world.add_job("ada", |_| {});
    let request = get(&format!("/jobs/{id}/events")).of(&world, "ada");
    world.advance(Duration::from_secs(LIFETIME - 60));
    assert_eq!(request.send(&world).status(), 200);
    let ended = world.elapsed.get();
    let expiry = Duration::from_secs(LIFETIME);
    assert!(ended >= expiry && ended < expiry + PROMISE * 4, "{ended:?}");
    assert_eq!(request.send(&world).code(), "token_expired");
}

/// Starts a download of twenty pieces by ada, and calls `between` before each piece
/// with their number. Returns the number of pieces, and whether they are all.
fn download(world: &World, mut between: impl FnMut(usize)) -> (usize, bool) {
    let id = world.add_mp3("ada", &[1; 1024 * 20]);
    let head = get(&format!("/download?fid={id}")).of(world, "ada").head();
    let Answer::Download(mut download) = answer(world, &head) else {
        panic!("no download");
    };
    let mut pieces = 0;
    loop {
        between(pieces);
        match download.next_piece() {
            Some(_) => pieces += 1,
            None => return (pieces, download.remaining() == 0),
        }
    }
}

#[test]
fn a_running_download_ends_when_its_token_is_revoked() {
    let world = World::new();
    let (pieces, is_whole) = download(&world, |pieces| {
        world.advance(Duration::from_secs(1));
        if pieces == 3 {
            revoke(&world, "ada");
        }
    });
    assert!(!is_whole && pieces <= 3 + 10, "{pieces} pieces");
}

#[test]
fn a_running_download_survives_a_restart_of_redis_and_no_longer_outage() {
    let world = World::new();
    let down_for = |seconds: usize| {
        let result = download(&world, |pieces| {
            world.advance(Duration::from_secs(1));
            world.contents().is_down = (4..4 + seconds).contains(&pieces);
        });
        world.contents().is_down = false;
        result
    };
    assert_eq!(down_for(4), (20, true));
    let (pieces, is_whole) = down_for(15);
    assert!(!is_whole && pieces <= 4 + 10, "{pieces} pieces");
}

fn feed(mut reader: Box<dyn BodyReader + '_>, body: Vec<u8>) -> Result<u16, Error> {
    assert_eq!(reader.push(body)?, Progress::Complete);
    reader.finish().map(|reply| reply.status().as_u16())
}

#[test]
fn an_upload_whose_token_is_revoked_meanwhile_is_refused() {
    let world = World::new();
    let form = Form::file("v.mp4", b"bytes");
    let head = upload(&form).of(&world, "ada").head();
    let Answer::ReadBody(reader) = answer(&world, &head) else {
        panic!("no reader");
    };
    revoke(&world, "ada");
    let result = feed(reader, form.body());
    assert!(
        matches!(result, Err(Error::Token(TokenError::Revoked))),
        "{result:?}"
    );
    assert!(world.contents().jobs.is_empty() && world.contents().staged.is_empty());
    assert!(world.files.blobs().is_empty());
}

#[test]
fn a_long_upload_ends_when_its_token_is_revoked() {
    let world = World::new();
    let form = Form::file("v.mp4", &[1; 50_000]);
    let head = upload(&form).of(&world, "ada").head();
    let Answer::ReadBody(mut reader) = answer(&world, &head) else {
        panic!("no reader");
    };
    let body = form.body();
    let (first, second) = body.split_at(25_000);
    assert_eq!(reader.push(first.to_vec()).unwrap(), Progress::NeedMore);
    revoke(&world, "ada");
    world.advance(Duration::from_secs(61));
    let result = reader.push(second.to_vec());
    assert!(
        matches!(result, Err(Error::Token(TokenError::Revoked))),
        "{result:?}"
    );
    assert!(world.files.blobs().is_empty());
}

#[test]
fn a_token_is_refused_while_revocations_are_unknown() {
    let world = World::new();
    assert_eq!(get("/jobs").of(&world, "ada").send(&world).status(), 200);
    world.contents().is_down = true;
    for (method, path, _) in private_routes() {
        let request = call(method, &path).form(&Form::file("v.mp4", b"bytes"));
        let reply = request.of(&world, "admin").send(&world);
        assert_eq!(
            (reply.status(), reply.code().as_str()),
            (503, "queue_unavailable"),
            "{method} {path}"
        );
    }
}

#[test]
fn an_ended_session_ends_its_tokens_alone() {
    let world = World::new();
    let ended = ("ada".to_owned(), "s1".to_owned());
    world.contents().ended_sessions.insert(ended);
    for (session, status) in [(Some("s1"), 401), (Some("s2"), 200), (None, 200)] {
        let bearer = format!("Bearer {}", world.token_of_session("ada", session));
        let reply = get("/jobs").header("authorization", &bearer).send(&world);
        assert_eq!(reply.status(), status, "{session:?}");
    }
}
