//! What a stranger learns, and what a squatter gets.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, email};
use tonearm_e2e::client::Reply;
use tonearm_e2e::mailbox::{link_token, mails_to, nth_mail_to};

use super::{confirmed, log_in, post, public, try_log_in, unconfirmed};
use crate::replies::expect;

/// Status, body and headers, without what names the address or the time.
fn shape(reply: &Reply, name: &str) -> String {
    let mut headers: Vec<_> = reply
        .headers
        .keys()
        .map(|name| name.as_str().to_owned())
        .collect();
    headers.sort();
    let body = reply.text().replace(&email(name), "[address]");
    format!("{} {headers:?} {body}", reply.status)
}

#[test]
fn nobody_learns_who_has_an_account() {
    let app = public().start();
    confirmed(&app, "ada");
    unconfirmed(&app, "grace");
    let client = app.client();
    let guess = "the password of a stranger";
    let mut seen = Vec::new();
    // Ada's address is taken, Grace's is not confirmed, Joan's is free.
    for name in ["ada", "grace", "joan"] {
        let register = json!({"email": email(name), "password": guess});
        let registered = post(&client, "/register", &register);
        let forgot = post(&client, "/account/forgot", &json!({"email": email(name)}));
        let wrong = try_log_in(&client, name, "a wrong password");
        let right = try_log_in(&client, name, guess);
        assert_eq!(
            right.status, 200,
            "{name}: the stranger's own account: {right}"
        );
        let stranger = client.with_token(right.text().trim());
        let account = stranger.get("/account");
        assert_eq!(account.json()["confirmed"], false, "{account}");
        seen.push([
            shape(&registered, name),
            shape(&forgot, name),
            shape(&wrong, name),
            stranger.get("/jobs").status.to_string(),
        ]);
    }
    assert_eq!(seen[0], seen[2], "taken and free");
    assert_eq!(seen[1], seen[2], "unconfirmed and free");

    // The owners are told, once.
    let told = nth_mail_to(&client, &email("ada"), 2);
    assert!(
        !told.to_string().contains("?token="),
        "no link for a stranger: {told:#}"
    );
    nth_mail_to(&client, &email("joan"), 1);
    assert_eq!(mails_to(&client, &email("grace")).len(), 1);
    // Ada's account is hers.
    log_in(&client, "ada", PASSWORD);
}

#[test]
fn a_squatter_keeps_nobody_out() {
    let app = public().start();
    let client = app.client();
    let squat = json!({"email": email("ada"), "password": "the password of a squatter"});
    expect("squat", &post(&client, "/register", &squat), 202, "");
    let squatter = log_in(&client, "ada", "the password of a squatter");
    let token = link_token(&nth_mail_to(&client, &email("ada"), 1));

    // Ada registers, and follows the link that was mailed already, with her password.
    let own = json!({"email": email("ada"), "password": PASSWORD});
    expect("register", &post(&client, "/register", &own), 202, "");
    let follow = json!({"token": token, "password": PASSWORD});
    expect(
        "confirm",
        &post(&client, "/account/confirm", &follow),
        200,
        "",
    );
    let ada = log_in(&client, "ada", PASSWORD);
    assert_eq!(ada.get("/account").json()["confirmed"], true);
    assert_ne!(
        ada.get("/account").json()["id"],
        squatter.get("/account").json()["id"]
    );
    assert_eq!(mails_to(&client, &email("ada")).len(), 1);
}
