//! Mailgun: <https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;

use super::Parts;
use crate::{Message, Settings};

pub(super) fn parts(settings: &Settings, message: &Message) -> Parts {
    let mut body = Serializer::new(String::new());
    body.append_pair("from", &message.from.to_string())
        .append_pair("to", &message.to.to_string())
        .append_pair("subject", message.subject.as_str())
        .append_pair("text", &message.text)
        .append_pair("html", &message.html)
        .append_pair("o:tracking", "no");
    if let Some(id) = &message.job_id {
        body.append_pair("v:job_id", id);
    }
    body.append_pair("v:idempotency_key", &message.idempotency_key);
    let basic = STANDARD.encode(format!("api:{}", settings.key.as_str()));
    Parts {
        path: format!("/v3/{}/messages", settings.domain),
        media_type: "application/x-www-form-urlencoded",
        headers: vec![("authorization", format!("Basic {basic}"))],
        body: body.finish().into_bytes(),
    }
}
