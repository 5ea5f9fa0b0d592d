//! The website: at `/` beside the gateway, and from the built component.

use tonearm_e2e::app::Setup;
use tonearm_e2e::client::{Client, Reply};

use crate::replies::expect;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn page(client: &Client) -> Reply {
    client.ask("GET", "/").header("accept", BROWSER).send()
}

/// The files that a page names below `/site/`.
fn files_of(page: &Reply) -> Vec<String> {
    let attributes = page.text().split('"').map(str::to_owned);
    attributes.filter(|it| it.starts_with("/site/")).collect()
}

#[test]
fn browsers_get_the_page_and_programs_get_text() {
    let app = Setup::new().together().start();
    let client = app.client();
    let found = page(&client);
    expect("the page", &found, 200, "");
    assert_eq!(found.header("content-type"), "text/html; charset=utf-8");
    insta::assert_snapshot!(found.header("content-security-policy"));
    let text = client.get("/");
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    let upload = format!("http://{}/upload", app.host());
    assert!(text.text().contains(&upload), "{text}");

    let files = files_of(&found);
    assert!(files.len() > 1, "{found}");
    for file in files.iter().map(String::as_str).chain(["/favicon.svg"]) {
        let plain = client.get(file);
        expect(file, &plain, 200, "");
        let tag = plain.header("etag");
        let again = client.ask("GET", file).header("if-none-match", tag).send();
        assert_eq!(
            (again.status, again.body.len()),
            (304, 0),
            "{file}: {again}"
        );
        for coding in ["br", "gzip"] {
            let ask = client.ask("GET", file).header("accept-encoding", coding);
            let encoded = ask.send();
            assert_eq!(encoded.header("content-encoding"), coding, "{file}");
            assert!(encoded.body.len() < plain.body.len(), "{file}");
        }
        let head = client.ask("HEAD", file).send();
        let length = plain.body.len().to_string();
        assert_eq!(head.header("content-length"), length, "{file}");
    }
    let hash = files[0].split('/').nth(2).unwrap();
    let other = files[0].replace(hash, "0123456789abcdef");
    expect("another version", &client.get(&other), 404, "not_found");
    let posted = client.ask("POST", "/").body("x").send();
    expect("POST /", &posted, 405, "method_not_allowed");
}

#[test]
fn without_the_website_the_gateway_answers_with_text() {
    let app = Setup::new().together().without_workers().start();
    let found = page(&app.client());
    expect("GET /", &found, 200, "");
    assert_eq!(found.header("content-type"), "text/plain; charset=utf-8");
    assert!(found.text().contains("/upload"), "{found}");
}
