//! The life of an account, with confirmed addresses: registration, links, passwords,
//! sessions, deletion.

mod deletion;
mod revocation;
mod sessions;
mod stolen_gateway;
mod story;
mod strangers;
mod two_releases;

use serde_json::{Value, json};
use tonearm_e2e::app::{PASSWORD, Setup, TestApp, email};
use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::mailbox::{link_token, nth_mail_to};

use crate::replies::expect;

/// The app as a public service runs it.
fn public() -> Setup {
    Setup::new().variable("confirm_addresses", true)
}

/// Registers and logs in without following the link.
fn unconfirmed(app: &TestApp, name: &str) -> Client {
    let client = app.client();
    let account = json!({"email": email(name), "password": PASSWORD});
    let reply = post(&client, "/register", &account);
    expect("register", &reply, 202, "");
    log_in(&client, name, PASSWORD)
}

/// Registers, follows the link and logs in.
fn confirmed(app: &TestApp, name: &str) -> Client {
    unconfirmed(app, name);
    let client = app.client();
    let mail = nth_mail_to(&client, &email(name), 1);
    let reply = post(
        &client,
        "/account/confirm",
        &json!({"token": link_token(&mail), "password": PASSWORD}),
    );
    expect("confirm", &reply, 200, "");
    log_in(&client, name, PASSWORD)
}

fn log_in(client: &Client, name: &str, password: &str) -> Client {
    let reply = try_log_in(client, name, password);
    expect("log in", &reply, 200, "");
    client.with_token(reply.text().trim())
}

fn try_log_in(client: &Client, name: &str, password: &str) -> Reply {
    client
        .ask("POST", "/login")
        .basic(&email(name), password)
        .send()
}

fn post(client: &Client, path: &str, body: &Value) -> Reply {
    client.ask("POST", path).json(body).send()
}
