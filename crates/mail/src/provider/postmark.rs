//! Postmark: <https://postmarkapp.com/developer/api/email-api>.

use serde_json::json;

use super::Parts;
use crate::{Message, Settings};

pub(super) fn parts(settings: &Settings, message: &Message) -> Parts {
    let body = json!({
        "From": message.from.to_string(),
        "To": message.to.to_string(),
        "Subject": message.subject.as_str(),
        "TextBody": message.text,
        "HtmlBody": message.html,
        "Metadata": {
            "job_id": message.job_id,
            "idempotency_key": message.idempotency_key,
        },
        // Postmark's stream for transactional emails.
        "MessageStream": "outbound",
        "TrackOpens": false,
        "TrackLinks": "None",
    });
    let token = ("x-postmark-server-token", settings.key.to_string());
    Parts::json("/email", vec![token], &body)
}
