//! Sessions of browsers.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, email};
use tonearm_e2e::client::{Client, Reply};

use super::{post, public, unconfirmed};
use crate::replies::expect;

/// A request as a browser sends it: with the cookie, from a page of `site`.
fn from_page(client: &Client, method: &str, path: &str, cookie: &str, site: &str) -> Reply {
    let request = client.ask(method, path).header("cookie", cookie);
    request.header("sec-fetch-site", site).send()
}

#[test]
fn a_browser_holds_a_session_in_a_cookie() {
    let app = public().start();
    unconfirmed(&app, "ada");
    let client = app.client();
    let begun = post(
        &client,
        "/session",
        &json!({"email": email("ada"), "password": PASSWORD}),
    );
    expect("begin", &begun, 201, "");
    let set = begun.header("set-cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    let cookie = set.split(';').next().unwrap().to_owned();
    assert!(
        !begun.text().contains(cookie.split_once('=').unwrap().1),
        "no token for scripts"
    );

    expect(
        "read",
        &from_page(&client, "GET", "/jobs", &cookie, "same-origin"),
        200,
        "",
    );
    let sessions = from_page(&client, "GET", "/account/sessions", &cookie, "same-origin");
    expect("sessions", &sessions, 200, "");
    let cross = from_page(&client, "POST", "/account/sign-out", &cookie, "cross-site");
    expect("from another site", &cross, 403, "cross_site_request");
    let same = from_page(&client, "DELETE", "/session", &cookie, "same-origin");
    expect("end", &same, 204, "");
    expect(
        "ended",
        &from_page(&client, "GET", "/jobs", &cookie, "same-origin"),
        401,
        "token_revoked",
    );
}
