//! One person's story, step by step.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, TestApp, email};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::{link_token, mail_about, mails_to, nth_mail_to};
use tonearm_e2e::{media, wait};

use super::{log_in, post, public, try_log_in, unconfirmed};
use crate::replies::expect;

const SECOND: &str = "a second password";
const THIRD: &str = "a third password";

#[test]
fn an_account_lives_from_registration_to_deletion() {
    let app = public().start();
    let ada = an_unconfirmed_address_gets_one_mail(&app);
    let ada = a_link_confirms_once(&app, &ada);
    let ada = a_forgotten_password_is_reset_by_a_link(&app, &ada);
    let ada = a_password_is_changed(&app, &ada);
    let ada = an_address_is_changed_by_a_link(&app, &ada);
    mails_about_jobs_are_switched_off(&app, &ada);
    an_account_is_deleted(&app, &ada);
}

/// She may use the service, and nothing but the link is mailed to her.
fn an_unconfirmed_address_gets_one_mail(app: &TestApp) -> Client {
    let ada = unconfirmed(app, "ada");
    assert_eq!(ada.get("/account").json()["confirmed"], false);
    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(ada.ended_job(id(&job))["state"], "done");
    wait::until("the mail to be left out", || {
        let mail = &ada.job(id(&job))["mail"]["state"];
        (mail == "skipped").then_some(())
    });
    let again = json!({"email": email("ada"), "password": SECOND});
    for _ in 0..2 {
        expect("again", &post(&app.client(), "/register", &again), 202, "");
    }
    expect(
        "send the link again",
        &post(&ada, "/account/confirm/send", &json!({})),
        202,
        "",
    );
    let forgot = json!({"email": email("ada")});
    expect(
        "forgot",
        &post(&app.client(), "/account/forgot", &forgot),
        202,
        "",
    );
    nth_mail_to(&app.client(), &email("ada"), 1);
    settle(app);
    assert_eq!(mails_to(&app.client(), &email("ada")).len(), 1);
    ada
}

/// Lets every letter that is on its way arrive: one to somebody else is sent last.
fn settle(app: &TestApp) {
    let name = format!("settled{}", mails_to(&app.client(), "settled").len());
    unconfirmed(app, &name);
    nth_mail_to(&app.client(), &email(&name), 1);
}

fn a_link_confirms_once(app: &TestApp, ada: &Client) -> Client {
    let client = app.client();
    let mail = nth_mail_to(&client, &email("ada"), 1);
    let token = link_token(&mail);
    let link = format!("/account/confirm?token={token}");
    // Mail scanners follow links.
    for method in ["HEAD", "GET", "GET", "HEAD"] {
        let page = client.ask(method, &link).header("accept", "text/html");
        expect("the page of the link", &page.send(), 200, "");
    }
    assert_eq!(ada.get("/account").json()["confirmed"], false);
    let with = |password| json!({"token": token, "password": password});
    let wrong = post(&client, "/account/confirm", &with("some other password"));
    assert_eq!(wrong.status, 422, "{wrong}");
    let right = post(&client, "/account/confirm", &with(PASSWORD));
    expect("confirm", &right, 200, "");
    let twice = post(&client, "/account/confirm", &with(PASSWORD));
    expect("confirm again", &twice, 410, "link_invalid");
    let ada = log_in(&client, "ada", PASSWORD);
    assert_eq!(ada.get("/account").json()["confirmed"], true);
    let job = ada.upload_file(&media::mp4().path);
    mail_about(&client, id(&job));
    ada
}

fn a_forgotten_password_is_reset_by_a_link(app: &TestApp, ada: &Client) -> Client {
    let client = app.client();
    let before = mails_to(&client, &email("ada")).len();
    let forgot = json!({"email": email("ada")});
    expect(
        "forgot",
        &post(&client, "/account/forgot", &forgot),
        202,
        "",
    );
    let token = link_token(&nth_mail_to(&client, &email("ada"), before + 1));
    for method in ["HEAD", "GET"] {
        let page = client
            .ask(method, &format!("/account/reset?token={token}"))
            .send();
        expect("the page of the link", &page, 200, "");
    }
    let reset = |password| {
        post(
            &client,
            "/account/reset",
            &json!({"token": token, "password": password}),
        )
    };
    expect(
        "a bad password",
        &reset("password"),
        422,
        "password_invalid",
    );
    expect("reset", &reset(SECOND), 200, "");
    expect("reset again", &reset(THIRD), 410, "link_invalid");
    expect("the old token", &ada.get("/jobs"), 401, "token_revoked");
    expect(
        "the old password",
        &try_log_in(&client, "ada", PASSWORD),
        401,
        "credentials_wrong",
    );
    log_in(&client, "ada", SECOND)
}

fn a_password_is_changed(app: &TestApp, ada: &Client) -> Client {
    let client = app.client();
    let change = |password, new| {
        post(
            ada,
            "/account/password",
            &json!({"password": password, "new_password": new}),
        )
    };
    expect(
        "a wrong password",
        &change(THIRD, THIRD),
        422,
        "password_wrong",
    );
    let reply = change(SECOND, THIRD);
    expect("change", &reply, 200, "");
    expect("the old token", &ada.get("/jobs"), 401, "token_revoked");
    expect(
        "the new token",
        &client.with_token(reply.text().trim()).get("/jobs"),
        200,
        "",
    );
    log_in(&client, "ada", THIRD)
}

fn an_address_is_changed_by_a_link(app: &TestApp, ada: &Client) -> Client {
    let client = app.client();
    let change = json!({"password": THIRD, "email": email("countess")});
    expect("change", &post(ada, "/account/email", &change), 202, "");
    let token = link_token(&nth_mail_to(&client, &email("countess"), 1));
    assert_eq!(ada.get("/account").json()["email"], email("ada"));
    let follow = || post(&client, "/account/email/confirm", &json!({"token": token}));
    expect("follow", &follow(), 200, "");
    expect("follow again", &follow(), 410, "link_invalid");
    expect(
        "the old address",
        &try_log_in(&client, "ada", THIRD),
        401,
        "credentials_wrong",
    );
    let ada = log_in(&client, "countess", THIRD);
    let job = ada.upload_file(&media::mp4().path);
    let mail = mail_about(&client, id(&job));
    assert!(
        mail["to"].to_string().contains(&email("countess")),
        "{mail:#}"
    );
    ada
}

fn mails_about_jobs_are_switched_off(app: &TestApp, ada: &Client) {
    let switch = ada
        .ask("PATCH", "/account")
        .json(&json!({"mails": false}))
        .send();
    expect("switch off", &switch, 200, "");
    assert_eq!(switch.json()["mails"], false);
    let job = ada.upload_file(&media::mp4().path);
    wait::until("the mail to be left out", || {
        (ada.job(id(&job))["mail"]["state"] == "skipped").then_some(())
    });
    assert!(
        mails_to(&app.client(), &email("countess"))
            .iter()
            .all(|mail| !mail.to_string().contains(id(&job)))
    );
}

fn an_account_is_deleted(app: &TestApp, ada: &Client) {
    let client = app.client();
    let delete = |password| {
        ada.ask("DELETE", "/account")
            .json(&json!({"password": password}))
            .send()
    };
    expect("a wrong password", &delete(PASSWORD), 422, "password_wrong");
    expect("delete", &delete(THIRD), 204, "");
    expect("the token", &ada.get("/jobs"), 401, "token_revoked");
    expect(
        "log in",
        &try_log_in(&client, "countess", THIRD),
        401,
        "credentials_wrong",
    );
    wait::until("the files to be deleted", || {
        client.get("/healthz");
        app.stored().blobs().is_empty().then_some(())
    });
}
