//! SendGrid: <https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send>.

use serde_json::{Value, json};

use super::{Parts, bearer};
use crate::{Mailbox, Message, Settings};

pub(super) fn parts(settings: &Settings, message: &Message) -> Parts {
    let mut body = json!({
        "personalizations": [{ "to": [mailbox(&message.to)] }],
        "from": mailbox(&message.from),
        "subject": message.subject.as_str(),
        // The API requires plain text first.
        "content": [
            { "type": "text/plain", "value": message.text },
            { "type": "text/html", "value": message.html },
        ],
        "custom_args": {
            "idempotency_key": message.idempotency_key,
        },
        "tracking_settings": {
            "click_tracking": { "enable": false, "enable_text": false },
            "open_tracking": { "enable": false },
        },
    });
    if let Some(id) = &message.job_id {
        body["custom_args"]["job_id"] = id.as_str().into();
    }
    Parts::json("/v3/mail/send", vec![bearer(settings)], &body)
}

fn mailbox(mailbox: &Mailbox) -> Value {
    match mailbox.name() {
        Some(name) => json!({ "email": mailbox.address(), "name": name }),
        None => json!({ "email": mailbox.address() }),
    }
}
