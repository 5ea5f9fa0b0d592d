//! Routes in general: which need a token, which do not exist, and health checks.

use tonearm_e2e::app::TestApp;
use tonearm_e2e::multipart::Form;

use crate::replies::expect;

#[test]
fn open_routes_answer_and_others_require_a_valid_token() {
    let app = TestApp::start();
    let client = app.client();
    for path in ["/", "/.well-known/jwks.json", "/mailbox/emails"] {
        expect(path, &client.get(path), 200, "");
    }
    for path in [
        "/healthz",
        "/auth/healthz",
        "/converter/healthz",
        "/notifier/healthz",
    ] {
        let reply = client.get(path);
        expect(path, &reply, 200, "");
        assert_eq!(reply.json()["status"], "ok", "{path}");
    }
    insta::assert_snapshot!("healthz", client.get("/healthz").text());

    let good = app.user("ada").token().to_owned();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(signature.len()));
    for (authorization, code) in [
        (None, "token_missing"),
        (Some(format!("Bearer {forged}")), "token_invalid"),
    ] {
        let mut upload = client.ask("POST", "/upload");
        upload = upload.form(&Form::file("v.mp4", b"bytes"));
        if let Some(value) = &authorization {
            upload = upload.header("authorization", value);
        }
        let reply = upload.send();
        expect("upload", &reply, 401, code);
        let challenge = reply.header("www-authenticate");
        assert!(challenge.starts_with("Bearer"), "{reply}");
    }
    assert!(app.stored().is_empty(), "nothing was accepted");

    expect("unknown", &client.get("/nowhere"), 404, "not_found");
    let reply = client.get("/upload");
    expect("GET /upload", &reply, 405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "POST");
}
