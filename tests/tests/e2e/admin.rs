//! Administration: dead letters and metrics.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mails_about;
use tonearm_e2e::{media, wait};

use crate::replies::{expect, shown};

const LETTERS: &str = "/admin/dead-letters?queue=mp3";
const METRICS_TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn an_administrator_reads_metrics_and_requeues_or_discards_dead_letters() {
    // Nothing listens at the address of the email API.
    let mut app = Setup::new()
        .variable("email_api_url", "http://127.0.0.1:9")
        .variable("email_max_attempts", 1)
        .variable("metrics_token", METRICS_TOKEN)
        .start();
    let ada = app.user("ada");
    let discarded = dead_email(&ada);
    let requeued = dead_email(&ada);
    let admin = app.admin();
    metrics_are_for_administrators_and_the_metrics_token(&app, &ada, &admin);

    let letters = admin.get(LETTERS);
    expect("the list", &letters, 200, "");
    let letters = letters.json();
    let [newest, oldest] = letters["dead_letters"].as_array().unwrap().as_slice() else {
        panic!("{letters:#}");
    };
    assert_eq!(newest["id"], requeued.as_str(), "{letters:#}");
    assert_eq!(oldest["id"], discarded.as_str(), "{letters:#}");
    insta::assert_json_snapshot!("dead_letter", shown(newest));
    expect("as a user", &ada.get(LETTERS), 404, "not_found");

    let path = format!("/admin/dead-letters/{discarded}?queue=mp3");
    assert_eq!(admin.delete(&path).status, 204);
    expect("again", &admin.delete(&path), 404, "no_such_dead_letter");

    let mailbox = app.mailbox();
    app.restart_with(&[("email_api_url", mailbox.as_str())]);
    let requeue = newest["links"]["requeue"].as_str().unwrap();
    expect("requeue", &admin.ask("POST", requeue).send(), 202, "");
    ada.mailed_job(&requeued);
    assert_eq!(mails_about(&app.client(), &requeued).len(), 1);
    let left = admin.get(LETTERS).json();
    assert!(left["dead_letters"].as_array().unwrap().is_empty());
    let again = admin.ask("POST", requeue).send();
    expect("requeue again", &again, 404, "no_such_dead_letter");
}

/// A job whose email has become a dead letter.
fn dead_email(ada: &Client) -> String {
    let fid = id(&ada.upload_file(&media::mp4().path)).to_owned();
    wait::until("the email to fail for good", || {
        (ada.job(&fid)["mail"]["state"] == "failed").then_some(())
    });
    fid
}

fn metrics_are_for_administrators_and_the_metrics_token(
    app: &TestApp,
    user: &Client,
    admin: &Client,
) {
    expect("no token", &app.client().get("/metrics"), 404, "not_found");
    expect("a user", &user.get("/metrics"), 404, "not_found");
    expect("an administrator", &admin.get("/metrics"), 200, "");
    let scraped = app.client().with_token(METRICS_TOKEN).get("/metrics");
    expect("the metrics token", &scraped, 200, "");
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(scraped.header("content-type"), media_type);
    for line in [
        "tonearm_jobs_accepted_total 2",
        "tonearm_conversions_done_total 2",
        "tonearm_dead_letters{queue=\"mp3\"} 2",
        "tonearm_queue_length{queue=\"video\"} 0",
    ] {
        let has_line = scraped.text().lines().any(|other| other == line);
        assert!(has_line, "{line} in {scraped}");
    }
}
