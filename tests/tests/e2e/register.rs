//! `POST /register`.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, Setup};

use crate::table::expect;

#[test]
fn an_account_is_made_once() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    let account = json!({"email": "ada@example.org", "password": PASSWORD});
    let reply = client.ask("POST", "/register").json(&account).send();
    expect("the first time", &reply, 201, "");
    insta::assert_json_snapshot!(reply.json(), {".id" => "[id]"});
    let again = client.ask("POST", "/register").json(&account).send();
    expect("the second time", &again, 409, "email_taken");
    insta::assert_json_snapshot!(again.json());
    let shouted = json!({"email": "ADA@EXAMPLE.ORG", "password": PASSWORD});
    let again = client.ask("POST", "/register").json(&shouted).send();
    expect("in capitals", &again, 409, "email_taken");
}

#[test]
fn what_is_no_account_is_told_why() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    let long = "x".repeat(20_000);
    for (what, body, status, code) in [
        (
            "no email",
            json!({"password": PASSWORD}),
            422,
            "field_missing",
        ),
        (
            "no password",
            json!({"email": "a@example.org"}),
            422,
            "field_missing",
        ),
        (
            "no address",
            json!({"email": "ada", "password": PASSWORD}),
            422,
            "email_invalid",
        ),
        (
            "two lines",
            json!({"email": "a@b.c\r\nBcc: d@e.f", "password": PASSWORD}),
            422,
            "email_invalid",
        ),
        (
            "a short password",
            json!({"email": "a@example.org", "password": "short"}),
            422,
            "password_invalid",
        ),
        (
            "a number",
            json!({"email": 1, "password": PASSWORD}),
            400,
            "body_malformed",
        ),
        ("a list", json!([]), 400, "body_malformed"),
        (
            "a long body",
            json!({"email": "a@example.org", "password": long}),
            413,
            "body_too_large",
        ),
    ] {
        expect(
            what,
            &client.ask("POST", "/register").json(&body).send(),
            status,
            code,
        );
    }
    let broken = client
        .ask("POST", "/register")
        .header("content-type", "application/json");
    expect(
        "half of it",
        &broken.body("{\"email\":").send(),
        400,
        "body_malformed",
    );
    let picture = client
        .ask("POST", "/register")
        .header("content-type", "image/png");
    expect(
        "a picture",
        &picture.body("x").send(),
        415,
        "media_type_unsupported",
    );
    let nothing = client.ask("POST", "/register").send();
    expect("nothing", &nothing, 401, "credentials_missing");
}
