//! The HTTP request for each provider.

use http::Request;
use tonearm_mail::Settings;

use crate::{done, settings, variables};

fn wire(request: &Request<Vec<u8>>) -> String {
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    lines.extend(
        request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())),
    );
    let body = std::str::from_utf8(request.body()).unwrap();
    let body = match serde_json::from_str::<serde_json::Value>(body) {
        Ok(json) => serde_json::to_string_pretty(&json).unwrap(),
        Err(_) => body.replace('&', "\n&"),
    };
    format!("{}\n\n{body}", lines.join("\n"))
}

#[test]
fn each_provider_has_its_own_request() {
    for provider in ["resend", "sendgrid", "postmark", "mailgun", "generic"] {
        let request = settings(provider).request(&done("talk.mp4")).unwrap();
        insta::assert_snapshot!(provider, wire(&request));
    }
}

#[test]
fn the_generic_request_works_without_a_key() {
    let mut variables = variables("generic");
    variables.api_key = String::new().into();
    let request = Settings::parse(&variables)
        .unwrap()
        .request(&done("talk.mp4"))
        .unwrap();
    assert!(request.headers().get("authorization").is_none());
    assert_eq!(request.uri(), "https://api.example/relay/emails");
}
