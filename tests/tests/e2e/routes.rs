//! What holds for routes in general: who may come in, and what is not there.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::multipart::Form;

use crate::table::expect;

/// Routes that want a token.
const PRIVATE: [(&str, &str); 11] = [
    ("POST", "/upload"),
    ("GET", "/jobs"),
    ("GET", "/jobs/0190a0b1-0000-7000-8000-000000000000"),
    ("DELETE", "/jobs/0190a0b1-0000-7000-8000-000000000000"),
    ("GET", "/jobs/0190a0b1-0000-7000-8000-000000000000/events"),
    ("GET", "/download?fid=0190a0b1-0000-7000-8000-000000000000"),
    ("GET", "/download"),
    ("GET", "/admin"),
    ("GET", "/admin/dead-letters"),
    (
        "POST",
        "/admin/dead-letters/0190a0b1-0000-7000-8000-000000000000/requeue",
    ),
    (
        "DELETE",
        "/admin/dead-letters/0190a0b1-0000-7000-8000-000000000000",
    ),
];

#[test]
fn a_token_is_wanted_and_checked() {
    let app = Setup::new().without_workers().start();
    let good = app.user("ada").token().to_owned();
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let forged = format!("{head}.{claims}.{}", "A".repeat(signature.len()));
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    for (method, path) in PRIVATE {
        for (authorization, code) in [
            (None, "token_missing"),
            (Some("Bearer".into()), "token_missing"),
            (Some("Bearer nonsense".into()), "token_invalid"),
            (Some(format!("Bearer {forged}")), "token_invalid"),
            (Some(format!("Bearer {unsigned}")), "token_invalid"),
            (Some("Basic YTpi".into()), "token_missing"),
        ] {
            let what = format!("{method} {path} with {authorization:?}");
            let client = app.client();
            let mut ask = client.ask(method, path);
            if method == "POST" {
                ask = ask.form(&Form::file("v.mp4", b"bytes"));
            }
            if let Some(value) = &authorization {
                ask = ask.header("authorization", value);
            }
            let reply = ask.send();
            expect(&what, &reply, 401, code);
            assert!(
                reply.header("www-authenticate").starts_with("Bearer"),
                "{what}: {reply}"
            );
        }
    }
    assert!(app.stored().is_empty(), "nothing was accepted");
}

#[test]
fn open_routes_need_no_token() {
    let app = TestApp::start();
    for path in ["/", "/healthz", "/.well-known/jwks.json", "/mailbox/emails"] {
        expect(path, &app.client().get(path), 200, "");
    }
}

#[test]
fn what_is_not_there_is_a_problem_too() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    for (method, path, status, code) in [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/jobs/a/b/c", 404, "not_found"),
        ("GET", "/upload", 405, "method_not_allowed"),
        ("GET", "/login", 405, "method_not_allowed"),
        ("DELETE", "/jobs", 405, "method_not_allowed"),
        ("POST", "/download", 405, "method_not_allowed"),
        ("PUT", "/healthz", 405, "method_not_allowed"),
    ] {
        let reply = client.ask(method, path).send();
        expect(&format!("{method} {path}"), &reply, status, code);
        assert_eq!(
            reply.header("allow").is_empty(),
            status != 405,
            "{method} {path}: {reply}"
        );
    }
}

#[test]
fn the_health_of_each_service_can_be_asked() {
    let app = TestApp::start();
    for path in [
        "/healthz",
        "/auth/healthz",
        "/converter/healthz",
        "/notifier/healthz",
    ] {
        let reply = app.client().get(path);
        expect(path, &reply, 200, "");
        assert_eq!(reply.json()["status"], "ok", "{path}");
    }
    insta::assert_snapshot!(app.client().get("/healthz").text());
}
