//! Resend: <https://resend.com/docs/api-reference/emails/send-email>.

use serde_json::json;

use super::{Parts, bearer};
use crate::{Message, Settings};

pub(super) fn parts(settings: &Settings, message: &Message) -> Parts {
    let mut body = json!({
        "from": message.from.to_string(),
        "to": [message.to.to_string()],
        "subject": message.subject.as_str(),
        "text": message.text,
        "html": message.html,
    });
    if let Some(id) = &message.job_id {
        body["tags"] = json!([{ "name": "job_id", "value": id }]);
    }
    let key = ("idempotency-key", message.idempotency_key.clone());
    Parts::json("/emails", vec![bearer(settings), key], &body)
}
