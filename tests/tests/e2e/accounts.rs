//! `POST /register` and `POST /login`.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, Setup, email};
use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::wait;

use crate::replies::expect;

#[test]
fn accounts_are_registered_and_logged_in() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    an_account_is_made_once(&client);
    an_invalid_account_is_refused_with_the_reason(&client);
    app.user("ada");
    a_token_comes_as_text_or_as_json(&client);
    an_unknown_address_looks_like_a_wrong_password(&client);
    app.user("joan");
    guessing_is_slowed_down(&client);
}

fn an_account_is_made_once(client: &Client) {
    let account = json!({"email": "grace@example.org", "password": PASSWORD});
    let reply = client.ask("POST", "/register").json(&account).send();
    expect("the first time", &reply, 201, "");
    insta::assert_json_snapshot!("registered", reply.json(), {".id" => "[id]"});
    let again = client.ask("POST", "/register").json(&account).send();
    expect("the second time", &again, 409, "email_taken");
    insta::assert_json_snapshot!("email_taken", again.json());
    let upper_case = json!({"email": "GRACE@EXAMPLE.ORG", "password": PASSWORD});
    let again = client.ask("POST", "/register").json(&upper_case).send();
    expect("in capitals", &again, 409, "email_taken");
}

fn an_invalid_account_is_refused_with_the_reason(client: &Client) {
    let address = "a@example.org";
    let long = "x".repeat(20_000);
    let injection = "a@b.c\r\nBcc: d@e.f";
    for (what, body, status, code) in [
        (
            "no email",
            json!({"password": PASSWORD}),
            422,
            "field_missing",
        ),
        (
            "no password",
            json!({"email": address}),
            422,
            "field_missing",
        ),
        (
            "not an address",
            json!({"email": "ada", "password": PASSWORD}),
            422,
            "email_invalid",
        ),
        (
            "two lines",
            json!({"email": injection, "password": PASSWORD}),
            422,
            "email_invalid",
        ),
        (
            "short password",
            json!({"email": address, "password": "short"}),
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
            json!({"email": address, "password": long}),
            413,
            "body_too_large",
        ),
    ] {
        let reply = client.ask("POST", "/register").json(&body).send();
        expect(what, &reply, status, code);
    }
    for (what, media_type, body, status, code) in [
        (
            "half a document",
            "application/json",
            "{\"email\":",
            400,
            "body_malformed",
        ),
        ("an image", "image/png", "x", 415, "media_type_unsupported"),
    ] {
        let request = client.ask("POST", "/register");
        let request = request.header("content-type", media_type).body(body);
        expect(what, &request.send(), status, code);
    }
    let empty = client.ask("POST", "/register").send();
    expect("an empty body", &empty, 401, "credentials_missing");
}

fn a_token_comes_as_text_or_as_json(client: &Client) {
    let basic = || client.ask("POST", "/login").basic(&email("ada"), PASSWORD);
    let text = basic().send();
    expect("as text", &text, 200, "");
    let media_type = text.header("content-type");
    assert!(media_type.starts_with("text/plain"), "{text}");
    assert_eq!(text.header("cache-control"), "no-store");
    assert_eq!(client.with_token(text.text()).get("/jobs").status, 200);

    let document = basic().header("accept", "application/json").send();
    expect("as JSON", &document, 200, "");
    assert_eq!(document.header("cache-control"), "no-store");
    insta::assert_json_snapshot!("token", document.json(), {".token" => "[token]"});
    let token = document.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(client.with_token(&token).get("/jobs").status, 200);

    let account = json!({"email": email("ada"), "password": PASSWORD});
    let reply = client.ask("POST", "/login").json(&account).send();
    expect("with JSON", &reply, 200, "");
}

fn an_unknown_address_looks_like_a_wrong_password(client: &Client) {
    let login = |address: &str| {
        let request = client.ask("POST", "/login");
        request.basic(address, "a wrong password").send()
    };
    let wrong = login(&email("ada"));
    expect("a wrong password", &wrong, 401, "credentials_wrong");
    let challenge = wrong.header("www-authenticate");
    assert!(challenge.starts_with("Basic"), "{wrong}");
    insta::assert_json_snapshot!("credentials_wrong", wrong.json());
    let unknown = login(&email("eve"));
    assert_eq!(unknown.body, wrong.body, "an unknown address");

    let missing = client.ask("POST", "/login").send();
    expect("no credentials", &missing, 401, "credentials_missing");
    let broken = client.ask("POST", "/login");
    let broken = broken.header("authorization", "Basic %%%").send();
    expect("not base64", &broken, 401, "authorization_malformed");
}

fn guessing_is_slowed_down(client: &Client) {
    let guess = |password| {
        let request = client.ask("POST", "/login");
        request.basic(&email("joan"), password).send()
    };
    let refused = (0..50)
        .map(|_| guess("a wrong guess"))
        .find(|reply| reply.status != 401);
    let refused = refused.expect("fifty guesses are too many");
    expect("the last guess", &refused, 429, "login_throttled");
    let seconds = |refused: &Reply| refused.header("retry-after").parse::<u64>().unwrap();
    assert!(seconds(&refused) > 0, "{refused}");
    // The first delays are so short that they may be over before the next guess.
    wait::until("a longer delay", || {
        let reply = guess("a wrong guess");
        (reply.status == 429 && seconds(&reply) > 3).then_some(())
    });
    let right = guess(PASSWORD);
    expect("the right password", &right, 429, "login_throttled");
}
