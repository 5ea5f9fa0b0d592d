//! `GET /metrics`: what there is to watch, and who may.

use tonearm_e2e::app::Setup;
use tonearm_e2e::multipart::Form;

use crate::table::expect;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn metrics_are_for_administrators_and_for_who_knows_the_secret() {
    let mut app = Setup::new()
        .without_workers()
        .variable("metrics_token", SECRET)
        .start();
    let ada = app.user("ada");
    ada.upload(&Form::file("v.mp4", b"x"));
    for (who, client) in [
        ("nobody", app.client()),
        ("a user", ada.clone()),
        (
            "a guesser",
            app.client().with_token(&SECRET.replace('0', "1")),
        ),
    ] {
        expect(who, &client.get("/metrics"), 404, "not_found");
    }
    let scraped = app.client().with_token(SECRET).get("/metrics");
    expect("the scraper", &scraped, 200, "");
    assert_eq!(
        scraped.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    for line in [
        "tonearm_jobs_accepted_total 1",
        "tonearm_queue_length{queue=\"video\"} 1",
        "tonearm_queue_in_flight{queue=\"video\"} 0",
    ] {
        assert!(
            scraped.text().lines().any(|said| said == line),
            "{line} in {scraped}"
        );
    }
    expect("an administrator", &app.admin().get("/metrics"), 200, "");
}

#[test]
fn without_a_good_secret_there_is_none() {
    for secret in ["", "short"] {
        let app = Setup::new()
            .without_workers()
            .variable("metrics_token", secret)
            .start();
        let client = app.client();
        for authorization in ["Bearer ", "Bearer", "", format!("Bearer {secret}").as_str()] {
            let ask = client.ask("GET", "/metrics");
            let reply = ask.header("authorization", authorization).send();
            expect(authorization, &reply, 404, "not_found");
        }
    }
}
