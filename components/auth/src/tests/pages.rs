//! The links of letters, and answers to browsers.

use serde_json::json;

use super::life::body;
use super::{App, FORM, header, wire};

const BROWSER: (&str, &str) = (
    "accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
);
const PASSWORD: &str = "correct horse";

#[test]
fn the_pages_of_links() {
    let app = App::confirming();
    let token = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    let mut replies = Vec::new();
    for path in ["confirm", "reset", "email/confirm"] {
        let url = format!("/auth/account/{path}?token={token}");
        replies.push(app.send("GET", &url, &[BROWSER], ""));
        replies.push(app.send("GET", &url, &[("accept", "*/*")], ""));
    }
    insta::assert_snapshot!(replies.iter().map(wire).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_get_or_head_of_a_link_changes_nothing() {
    let app = App::confirming();
    app.register("ada@example.com", PASSWORD);
    let link = app.redis.take_token();
    let before = app.dump();
    for path in ["confirm", "reset", "email/confirm"] {
        for method in ["GET", "HEAD"] {
            let url = format!("/auth/account/{path}?token={link}");
            assert_eq!(app.send(method, &url, &[BROWSER], "").status(), 200);
        }
    }
    assert_eq!(app.dump(), before);
    let fields = json!({ "token": link, "password": PASSWORD });
    assert_eq!(app.post("/auth/account/confirm", &fields).status(), 200);
    let twice = app.post("/auth/account/confirm", &fields);
    assert_eq!(
        (twice.status().as_u16(), body(&twice)["code"].as_str()),
        (410, Some("link_invalid"))
    );
}

#[test]
fn a_page_cannot_leak_its_token() {
    let app = App::confirming();
    let url = format!("/auth/account/reset?token={}", "a".repeat(43));
    for accept in [BROWSER.1, "*/*"] {
        let reply = app.send("GET", &url, &[("accept", accept)], "");
        assert_eq!(header(&reply, "referrer-policy"), "no-referrer");
        assert_eq!(header(&reply, "cache-control"), "no-store");
        assert!(header(&reply, "content-security-policy").starts_with("default-src 'none'"));
    }
}

#[test]
fn an_incomplete_link_is_no_form() {
    let app = App::confirming();
    for query in [
        "",
        "?token=",
        "?token=x",
        "?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        for accept in [BROWSER.1, "*/*"] {
            let url = format!("/auth/account/confirm{query}");
            let reply = app.send("GET", &url, &[("accept", accept)], "");
            assert_eq!(reply.status(), 410, "{query}");
            let text = String::from_utf8_lossy(reply.body()).into_owned();
            assert!(
                !text.contains("script") && !text.contains("<form"),
                "{text}"
            );
        }
    }
}

#[test]
fn forms_are_answered_with_pages() {
    let app = App::confirming();
    let form = |path: &str, body: &str| app.send("POST", path, &[FORM, BROWSER], body);
    let mut replies = vec![form(
        "/auth/register",
        "email=ada%40example.com&password=correct+horse",
    )];
    let link = app.redis.take_token();
    replies.push(form(
        "/auth/account/confirm",
        &format!("token={link}&password=wrong+horse"),
    ));
    let again = String::from_utf8_lossy(replies[1].body()).into_owned();
    assert!(
        again.contains("<form") && again.contains(&link),
        "to try again"
    );
    replies.push(form(
        "/auth/account/confirm",
        &format!("token={link}&password=correct+horse"),
    ));
    replies.push(form(
        "/auth/account/confirm",
        &format!("token={link}&password=correct+horse"),
    ));
    replies.push(form("/auth/account/forgot", "email=ada%40example.com"));
    let shown: Vec<String> = replies
        .iter()
        .map(|reply| wire(reply).replace(&link, "TOKEN"))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn what_comes_with_a_request_is_escaped() {
    let app = App::confirming();
    let body = "email=%3Cscript%3E%40example.com&password=correct+horse";
    let reply = app.send("POST", "/auth/register", &[FORM, BROWSER], body);
    assert_eq!(reply.status(), 422);
    assert!(!String::from_utf8_lossy(reply.body()).contains("<script"));
}

impl App {
    /// All rows of all tables.
    fn dump(&self) -> String {
        use tonearm_accounts::Database;
        let tables = [
            "users",
            "registrations",
            "links",
            "sessions",
            "sent_letters",
            "outbox",
        ];
        let rows = tables.map(|table| {
            let sql = format!("SELECT * FROM {table}");
            format!("{:?}", self.database.execute(&sql, &[]))
        });
        rows.join("\n")
    }
}
