//! Which accounts are administrators.

use tonearm_spin_runtime::reply::Reply;
use tonearm_tokens::Claims;

use super::App;
use crate::config::account_ids;

impl App {
    /// The claims of the token that ada gets at login.
    fn claims_of_ada(&self) -> Claims {
        let token = self.login("ada@example.com", "correct horse", "");
        self.claims(std::str::from_utf8(token.body()).unwrap())
    }
}

fn id_of(registered: &Reply) -> String {
    let body: serde_json::Value = serde_json::from_slice(registered.body()).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

#[test]
fn only_listed_accounts_are_administrators() {
    let mut app = App::new();
    let ada = id_of(&app.register("ada@example.com", "correct horse"));
    let eve = id_of(&app.register("eve@example.com", "correct horse"));
    assert!(
        !app.claims_of_ada().admin,
        "no account is an administrator by default"
    );
    app.config.admins = vec![eve];
    assert!(!app.claims_of_ada().admin);
    app.config.admins.push(ada.clone());
    let claims = app.claims_of_ada();
    assert_eq!((claims.sub, claims.admin), (ada, true));
}

#[test]
fn the_list_does_not_accept_addresses() {
    let mut app = App::new();
    app.register("ada@example.com", "correct horse");
    app.config.admins = vec!["ada@example.com".to_owned()];
    assert!(!app.claims_of_ada().admin);
    for bad in [
        "ada@example.com",
        "0190a0b1-0000-7000-8000-000000000000,ada@example.com",
        "0190A0B1-0000-7000-8000-000000000000",
        "0190a0b1-0000-7000-8000-000000000000;",
        "*",
    ] {
        assert!(account_ids("admin_accounts", bad).is_err(), "{bad}");
    }
}

#[test]
fn ids_are_separated_by_commas() {
    let one = "0190a0b1-0000-7000-8000-000000000000";
    let two = "0190a0b1-0000-7000-8000-000000000001";
    for (text, ids) in [
        ("", vec![]),
        (" , ", vec![]),
        (one, vec![one]),
        (format!("{one}, {two},").as_str(), vec![one, two]),
    ] {
        assert_eq!(account_ids("admin_accounts", text).unwrap(), ids, "{text}");
    }
}
