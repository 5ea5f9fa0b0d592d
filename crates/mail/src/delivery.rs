//! What an email API's answer means.
//!
//! | status | meaning |
//! |---|---|
//! | 2xx | sent, or at least theirs to send now |
//! | 408, 425, 429, 5xx | try again, after `Retry-After` if it says so |
//! | 409 | `generic`: an earlier try is still under way, try again; `resend`: the same, or sent already with other words |
//! | anything else | no use trying again with the same request |

use std::time::Duration;

use http::{Response, StatusCode, header};
use serde_json::Value;

use crate::{Provider, Settings, escape};

/// A provider that asks for more has better be asked earlier all the same.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// A reason goes into a log line.
const LONGEST_REASON: usize = 200;

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The provider has it.
    Sent,
    /// Try again.
    Retry {
        /// Not before this has passed, if the provider says so.
        after: Option<Duration>,
        /// What it answered, for the log.
        reason: String,
    },
    /// Trying again is no use.
    Rejected {
        /// What it answered, for the log.
        reason: String,
    },
}

impl Settings {
    /// Reads the provider's answer to [`Settings::request`]. No answer at all
    /// is for the caller to take as [`Delivery::Retry`].
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
                // A mail with this key is out; only our words have changed
                // since, with a setting or a new version.
                Some("invalid_idempotent_request") => Delivery::Sent,
                _ => retry(),
            },
            _ => Delivery::Rejected { reason },
        }
    }
}

/// The header's seconds. Its other form, a date, is left to the caller's own
/// backoff: none of the providers sends it.
fn retry_after(response: &Response<Vec<u8>>) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = value.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The status, and the sentence that each of the providers puts somewhere.
fn reason(status: StatusCode, body: &Value) -> String {
    let said = [
        body.get("message"),
        body.get("Message"),
        body.pointer("/errors/0/message"),
        body.get("detail"),
    ];
    match said.into_iter().flatten().find_map(Value::as_str) {
        Some(said) => {
            format!(
                "the email API answered {status}: {}",
                escape::line(said, LONGEST_REASON)
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
    fn resend_tells_two_conflicts_apart() {
        let concurrent = r#"{"name":"concurrent_idempotent_requests","message":"Still at it"}"#;
        let other = r#"{"name":"invalid_idempotent_request","message":"Other payload"}"#;
        assert!(matches!(
            classify("resend", 409, "", concurrent),
            Delivery::Retry { .. }
        ));
        assert_eq!(classify("resend", 409, "", other), Delivery::Sent);
    }

    #[test]
    fn waits() {
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
    fn reasons() {
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
