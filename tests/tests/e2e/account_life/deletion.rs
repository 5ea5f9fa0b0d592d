//! Deleted accounts.

use serde_json::json;
use tonearm_e2e::app::{PASSWORD, TestApp, email};
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::{mail_about, mails_to, nth_mail_to};
use tonearm_e2e::{media, wait};

use super::{confirmed, post, public, unconfirmed};
use crate::replies::expect;

#[test]
fn a_deleted_account_leaves_nothing() {
    let app = public().start();
    let ada = confirmed(&app, "ada");
    let client = app.client();
    let account = ada.get("/account").json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let job = ada.upload_file(&media::mp4().path);
    mail_about(&client, id(&job));
    expect(
        "forgot",
        &post(&client, "/account/forgot", &json!({"email": email("ada")})),
        202,
        "",
    );
    nth_mail_to(&client, &email("ada"), 3);
    // Her mails are hers: the mailbox stands for it.
    assert_eq!(client.delete("/mailbox/emails").status, 204);

    let delete = ada
        .ask("DELETE", "/account")
        .json(&json!({"password": PASSWORD}))
        .send();
    expect("delete", &delete, 204, "");
    nth_mail_to(&client, &email("ada"), 1);
    assert_eq!(mails_to(&client, &email("ada")).len(), 1, "one farewell");
    assert_eq!(client.delete("/mailbox/emails").status, 204);
    wait::until("jobs and files to be deleted", || {
        client.get("/healthz");
        (app.stored().blobs().is_empty() && !ours(&app).contains(id(&job))).then_some(())
    });

    let redis = ours(&app);
    assert!(!redis.contains("ada@"), "{redis}");
    let of_hers: Vec<_> = redis
        .lines()
        .filter(|line| line.contains(&account))
        .collect();
    let mark = format!("tonearm:account:{account}: ");
    assert!(
        matches!(of_hers[..], [line] if line.starts_with(&mark) && line.contains("deleted 1")),
        "only the mark that her tokens are void: {of_hers:?}"
    );
    let state = app.state_bytes();
    for trace in ["ada@", &account] {
        let found = state
            .windows(trace.len())
            .any(|bytes| bytes.eq_ignore_ascii_case(trace.as_bytes()));
        assert!(!found, "{trace} in a database");
    }
    // The address is free again.
    unconfirmed(&app, "ada");
    nth_mail_to(&client, &email("ada"), 1);
}

/// What is in Redis, without the mailbox, which stands for the email provider.
fn ours(app: &TestApp) -> String {
    let contents = app.redis.contents();
    let ours = contents
        .lines()
        .filter(|line| !line.starts_with("tonearm:mailbox:"));
    ours.collect::<Vec<_>>().join("\n")
}
