//! `POST /login`.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, Setup, email};
use tonearm_e2e::client::Reply;
use tonearm_e2e::wait;

use crate::table::expect;

#[test]
fn a_token_comes_as_text_or_as_json() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    app.user("ada");
    let basic = || client.ask("POST", "/login").basic(&email("ada"), PASSWORD);

    let text = basic().send();
    expect("as text", &text, 200, "");
    assert!(
        text.header("content-type").starts_with("text/plain"),
        "{text}"
    );
    assert_eq!(text.header("cache-control"), "no-store");
    assert_eq!(client.with_token(text.text()).get("/jobs").status, 200);

    let wanted = basic().header("accept", "application/json").send();
    expect("as JSON", &wanted, 200, "");
    assert_eq!(wanted.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(wanted.json(), {".token" => "[token]"});
    let token = wanted.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(client.with_token(&token).get("/jobs").status, 200);

    let account = json!({"email": email("ada"), "password": PASSWORD});
    expect(
        "by JSON",
        &client.ask("POST", "/login").json(&account).send(),
        200,
        "",
    );
}

#[test]
fn who_is_not_known_is_not_told_why() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    app.user("ada");
    let wrong = client
        .ask("POST", "/login")
        .basic(&email("ada"), "a wrong password")
        .send();
    expect("a wrong password", &wrong, 401, "credentials_wrong");
    assert!(
        wrong.header("www-authenticate").starts_with("Basic"),
        "{wrong}"
    );
    insta::assert_json_snapshot!(wrong.json());
    let unknown = client
        .ask("POST", "/login")
        .basic(&email("eve"), "a wrong password")
        .send();
    assert_eq!(
        unknown.body, wrong.body,
        "an unknown address looks like a wrong password"
    );

    let nobody = client.ask("POST", "/login").send();
    expect("nobody", &nobody, 401, "credentials_missing");
    let broken = client
        .ask("POST", "/login")
        .header("authorization", "Basic %%%")
        .send();
    expect("no base64", &broken, 401, "authorization_malformed");
}

#[test]
fn guessing_is_slowed_down() {
    let app = Setup::new().without_workers().start();
    let client = app.client();
    app.user("ada");
    let guess = |password| {
        client
            .ask("POST", "/login")
            .basic(&email("ada"), password)
            .send()
    };
    let refused = (0..50)
        .map(|_| guess("a wrong guess"))
        .find(|reply| reply.status != 401);
    let refused = refused.expect("fifty guesses are too many");
    expect("the last guess", &refused, 429, "login_throttled");
    let seconds = |refused: &Reply| refused.header("retry-after").parse::<u64>().unwrap();
    assert!(seconds(&refused) > 0, "{refused}");
    // The first times are so short that they may be over before the next guess.
    wait::until("a longer time to wait", || {
        let reply = guess("a wrong guess");
        (reply.status == 429 && seconds(&reply) > 3).then_some(())
    });
    expect(
        "even the right one",
        &guess(PASSWORD),
        429,
        "login_throttled",
    );
}
