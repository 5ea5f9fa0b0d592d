//! Postmark: <https://postmarkapp.com/developer/api/email-api>.

use serde_json::json;

use super::Parts;
use crate::{Message, Settings};

pub(super) fn parts(settings: &Settings, message: &Message) -> Parts {
    let mut body = json!({
        "From": message.from.to_string(),
        "To": message.to.to_string(),
        "Subject": message.subject.as_str(),
        "TextBody": message.text,
        "HtmlBody": message.html,
        "Metadata": {
            "idempotency_key": message.idempotency_key,
        },
        // Postmark's stream for transactional emails.
        "MessageStream": "outbound",
        "TrackOpens": false,
        "TrackLinks": "None",
    });
    if let Some(id) = &message.job_id {
        body["Metadata"]["job_id"] = id.as_str().into();
    }
    let token = ("x-postmark-server-token", settings.key.to_string());
    Parts::json("/email", vec![token], &body)
}
