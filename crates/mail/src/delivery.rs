//! Interprets the response of an email API.
//!
//! | status | meaning |
//! |---|---|
//! | 2xx | sent: the provider has accepted the email |
//! | 408, 425, 429, 5xx | retry, after `Retry-After` if present |
//! | 409 | `generic`: an earlier attempt is still in progress, retry; `resend`: the same, or already sent with a different body |
//! | any other | permanent failure |

use std::time::Duration;

use http::{Response, StatusCode, header};
use serde_json::Value;

use crate::{Provider, Settings, escape};

/// Upper limit of `Retry-After`. An earlier attempt does no harm.
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum length of a reason, which is part of a log line.
const MAX_REASON_CHARS: usize = 200;

/// The result of an attempt to send an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The provider has accepted it.
    Sent,
    /// A temporary failure: retry.
    Retry {
        /// The minimum delay, if the provider asks for one.
        after: Option<Duration>,
        /// The provider's response, for the log.
        reason: String,
    },
    /// A permanent failure.
    Rejected {
        /// The provider's response, for the log.
        reason: String,
    },
}

impl Settings {
    /// Classifies the provider's response to [`Settings::request`]. If there is
    /// no response, the caller should retry.
    pub fn classify(&self, response: &Response<Vec<u8>>) -> Delivery {
        let status = response.status();
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let reason = reason(status, &body);
        let retry = || Delivery::Retry {
            after: retry_after(response),
            reason: reason.clone(),
        };
        match (status.as_u16(), self.provider()) {
            (200..=299, _) => Delivery::Sent,
            (408 | 425 | 429 | 500..=599, _) | (409, Provider::Generic) => retry(),
            (409, Provider::Resend) => match body.get("name").and_then(Value::as_str) {
                // An email with this key was sent. The body has changed since,
                // with a setting or a new version.
                Some("invalid_idempotent_request") => Delivery::Sent,
                _ => retry(),
            },
            _ => Delivery::Rejected { reason },
        }
    }
}

/// The seconds of `Retry-After`. No provider sends the other form, a date.
fn retry_after(response: &Response<Vec<u8>>) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = value.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_WAIT))
}

/// The status, and the message from wherever the provider puts it.
fn reason(status: StatusCode, body: &Value) -> String {
    let message = [
        body.get("message"),
        body.get("Message"),
        body.pointer("/errors/0/message"),
        body.get("detail"),
    ];
    match message.into_iter().flatten().find_map(Value::as_str) {
        Some(message) => {
            format!(
                "the email API answered {status}: {}",
                escape::line(message, MAX_REASON_CHARS)
            )
        }
        None => format!("the email API answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Variables;

    fn classify(provider: &str, status: u16, retry_after: &str, body: &str) -> Delivery {
        let settings = Settings::parse(&Variables {
            provider: provider.to_owned(),
            api_url: "http://localhost".to_owned(),
            api_path: "/".to_owned(),
            api_key: "k".to_owned().into(),
            domain: "d".to_owned(),
            from: "a@b".to_owned(),
        });
        let response = Response::builder()
            .status(status)
            .header("retry-after", retry_after)
            .body(body.as_bytes().to_vec());
        settings.unwrap().classify(&response.unwrap())
    }

    #[test]
    fn every_status_of_every_provider() {
        for provider in ["resend", "sendgrid", "postmark", "mailgun", "generic"] {
            for status in 100..600 {
                let got = classify(provider, status, "", "");
                let right = match (status, provider) {
                    (200..=299, _) => got == Delivery::Sent,
                    (408 | 425 | 429 | 500.., _) | (409, "resend" | "generic") => {
                        matches!(got, Delivery::Retry { after: None, .. })
                    }
                    _ => matches!(got, Delivery::Rejected { .. }),
                };
                assert!(right, "{provider} {status}: {got:?}");
            }
        }
    }

    #[test]
    fn the_two_conflicts_of_resend_are_distinguished() {
        let concurrent = r#"{"name":"concurrent_idempotent_requests","message":"Still at it"}"#;
        let other = r#"{"name":"invalid_idempotent_request","message":"Other payload"}"#;
        assert!(matches!(
            classify("resend", 409, "", concurrent),
            Delivery::Retry { .. }
        ));
        assert_eq!(classify("resend", 409, "", other), Delivery::Sent);
    }

    #[test]
    fn retry_after_is_parsed_and_limited() {
        for (header, want) in [
            ("0", Some(0)),
            (" 17 ", Some(17)),
            ("99999999999", Some(86_400)),
            ("-1", None),
            ("1.5", None),
            ("Fri, 31 Dec 1999 23:59:59 GMT", None),
        ] {
            let Delivery::Retry { after, .. } = classify("generic", 429, header, "") else {
                panic!("{header}");
            };
            assert_eq!(after, want.map(Duration::from_secs), "{header}");
        }
    }

    #[test]
    fn reasons_contain_the_message_of_the_provider() {
        let cases = [
            (
                "resend",
                r#"{"statusCode":403,"message":"API key is invalid"}"#,
            ),
            (
                "sendgrid",
                r#"{"errors":[{"message":"API key is invalid"}]}"#,
            ),
            (
                "postmark",
                r#"{"ErrorCode":10,"Message":"API key is invalid"}"#,
            ),
            ("mailgun", r#"{"message":"API key\r\nis invalid"}"#),
            ("generic", r#"{"title":"x","detail":"API key is invalid"}"#),
            ("generic", "<html>"),
        ];
        let reasons: Vec<String> = cases
            .iter()
            .map(|(provider, body)| match classify(provider, 403, "", body) {
                Delivery::Rejected { reason } => reason,
                other => panic!("{other:?}"),
            })
            .collect();
        insta::assert_snapshot!(reasons.join("\n"));
    }
}
