//! Auth of the release before beside this one, on one database. `FORMER_AUTH` names its
//! file, which is not in the repository (docs/testing.md).

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, Setup, TestApp, email};
use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::mailbox::{link_token, nth_mail_to};
use tonearm_e2e::media;

use super::{log_in, post, public};
use crate::replies::expect;

/// The app, and a client of the former auth beside it.
fn both(setup: Setup) -> Option<(TestApp, Client)> {
    let Some(file) = std::env::var_os("FORMER_AUTH").map(PathBuf::from) else {
        let _ = writeln!(std::io::stderr(), "SKIPPED: FORMER_AUTH names no file");
        return None;
    };
    let mut app = setup.start();
    let former = app.start_beside("auth", &file);
    Some((app, former))
}

fn register(auth: &Client, name: &str) -> Reply {
    let request = auth.ask("POST", "/auth/register");
    request.basic(&email(name), PASSWORD).send()
}

fn try_log_in(auth: &Client, name: &str, password: &str) -> Reply {
    let request = auth.ask("POST", "/auth/login");
    request.basic(&email(name), password).send()
}

/// Logs in at this auth and uploads with its token.
fn upload(app: &TestApp, auth: &Client, name: &str) {
    let token = try_log_in(auth, name, PASSWORD);
    expect("log in", &token, 200, "");
    let user = app.client().with_token(token.text().trim());
    user.upload_file(&media::mp4().path);
}

#[test]
fn auths_of_two_releases_serve_one_database() {
    let Some((app, former)) = both(Setup::new()) else {
        return;
    };
    let new = app.client_of("auth");
    for (name, first, second) in [("ada", &former, &new), ("eve", &new, &former)] {
        expect("register", &register(first, name), 201, "");
        expect(
            "register again",
            &register(second, name),
            409,
            "email_taken",
        );
        upload(&app, first, name);
        upload(&app, second, name);
    }

    let before = try_log_in(&former, "ada", PASSWORD);
    let ada = log_in(&app.client(), "ada", PASSWORD);
    let change = json!({"password": PASSWORD, "new_password": "another horse"});
    expect("change", &post(&ada, "/account/password", &change), 200, "");
    let revoked = app.client().with_token(before.text().trim()).get("/jobs");
    expect("a token of the former", &revoked, 401, "token_revoked");
    let wrong = try_log_in(&former, "ada", PASSWORD);
    expect("the former password", &wrong, 401, "credentials_wrong");
    let right = try_log_in(&former, "ada", "another horse");
    expect("the new password", &right, 200, "");

    let ada = log_in(&app.client(), "ada", "another horse");
    let password = json!({"password": "another horse"});
    let deleted = ada.ask("DELETE", "/account").json(&password).send();
    expect("delete", &deleted, 204, "");
    let gone = try_log_in(&former, "ada", "another horse");
    expect("a deleted account", &gone, 401, "credentials_wrong");
}

#[test]
fn a_former_auth_serves_accounts_once_they_are_confirmed() {
    let Some((app, former)) = both(public()) else {
        return;
    };
    let new = app.client_of("auth");
    // The accounts that are there when the database is migrated count as confirmed.
    expect("migrate", &new.get("/auth/healthz"), 200, "");
    expect("register", &register(&former, "ada"), 201, "");
    upload(&app, &new, "ada");
    let ada = log_in(&app.client(), "ada", PASSWORD);
    assert_eq!(ada.get("/account").json()["confirmed"], false);

    expect("register", &register(&new, "eve"), 202, "");
    let waiting = try_log_in(&former, "eve", PASSWORD);
    expect("unconfirmed", &waiting, 401, "credentials_wrong");
    let link = link_token(&nth_mail_to(&app.client(), &email("eve"), 1));
    let confirm = json!({"token": link, "password": PASSWORD});
    expect(
        "confirm",
        &post(&app.client(), "/account/confirm", &confirm),
        200,
        "",
    );
    upload(&app, &former, "eve");
    upload(&app, &new, "eve");
}
