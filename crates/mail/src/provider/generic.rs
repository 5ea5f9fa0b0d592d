//! Plain JSON to a URL of the operator's choice: the local mailbox, or a relay to
//! another provider. [`Received`](crate::Received) is its counterpart.

use serde_json::json;

use super::{Parts, bearer};
use crate::{Message, Settings};

pub(super) fn parts(settings: &Settings, message: &Message) -> Parts {
    let mut body = json!({
        "from": message.from.to_string(),
        "to": message.to.to_string(),
        "subject": message.subject.as_str(),
        "text": message.text,
        "html": message.html,
        "idempotency_key": message.idempotency_key,
    });
    if let Some(id) = &message.job_id {
        body["job_id"] = id.as_str().into();
    }
    let mut headers = vec![("idempotency-key", message.idempotency_key.clone())];
    if !settings.key.is_empty() {
        headers.push(bearer(settings));
    }
    Parts::json(&settings.path, headers, &body)
}
