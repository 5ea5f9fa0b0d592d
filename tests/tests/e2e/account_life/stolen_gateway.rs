//! What a thief of the gateway or the converter finds.

use serde_json::json;
use tonearm_e2e::app::email;
use tonearm_e2e::mailbox::{link_token, mails_to, nth_mail_to};
use tonearm_e2e::paths;

use super::{confirmed, post, public};
use crate::replies::expect;

/// Grants that would let a component make tokens or read letters.
const POWERS: [&str; 3] = ["token_signing_key", "letter_key", "sqlite_databases"];

#[test]
fn a_stolen_gateway_mints_nothing() {
    let manifest: toml::Table = std::fs::read_to_string(paths::manifest())
        .unwrap()
        .parse()
        .unwrap();
    for component in ["gateway", "converter"] {
        let grants = format!("{:?}", manifest["component"][component]);
        for power in POWERS {
            assert!(!grants.contains(power), "{component} has {power}");
        }
    }

    let mut app = public().start();
    confirmed(&app, "ada");
    let before = mails_to(&app.client(), &email("ada")).len();
    // Without the notifier the letter stays where the thief can read it.
    app.restart_with_only(&["auth", "gateway", "converter"]);
    let forgot = json!({"email": email("ada")});
    expect(
        "forgot",
        &post(&app.client(), "/account/forgot", &forgot),
        202,
        "",
    );
    let redis = app.redis.contents();
    assert!(
        redis.contains("tonearm:queue:letter"),
        "the letter waits: {redis}"
    );

    app.restart_with_only(&[]);
    let token = link_token(&nth_mail_to(&app.client(), &email("ada"), before + 1));
    assert!(!redis.contains(&token), "{redis}");
    for guess in ["", "x", &"A".repeat(token.len())] {
        let reset = json!({"token": guess, "password": "the password of a thief"});
        let reply = post(&app.client(), "/account/reset", &reset);
        assert!(reply.status >= 400, "{guess:?}: {reply}");
    }
}
