//! Revoked tokens.

use serde_json::json;
use tonearm_e2e::app::PASSWORD;

use super::{confirmed, post, public, try_log_in};
use crate::replies::expect;

#[test]
fn a_revoked_token_is_refused_also_while_auth_is_away() {
    // A process per service, since auth goes away.
    let mut app = public().split().start();
    let ada = confirmed(&app, "ada");
    let other = app
        .client()
        .with_token(try_log_in(&app.client(), "ada", PASSWORD).text().trim());
    expect("before", &ada.get("/jobs"), 200, "");
    expect(
        "sign out",
        &post(&ada, "/account/sign-out", &json!({})),
        204,
        "",
    );
    for client in [&ada, &other] {
        expect("after", &client.get("/jobs"), 401, "token_revoked");
        expect("at auth", &client.get("/account"), 401, "token_revoked");
    }
    let fresh = app
        .client()
        .with_token(try_log_in(&app.client(), "ada", PASSWORD).text().trim());
    app.restart_with_only(&["gateway", "converter", "notifier", "mailbox"]);
    for client in [&ada, &other] {
        expect("without auth", &client.get("/jobs"), 401, "token_revoked");
    }
    expect("a later token", &fresh.get("/jobs"), 200, "");
}
