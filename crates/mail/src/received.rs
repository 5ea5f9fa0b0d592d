//! The generic format, as its receiver reads it.
//!
//! ```json
//! {"from": "Tonearm <t@h>", "to": "ada@h", "subject": "…", "text": "…", "html": "…",
//!  "job_id": "…", "idempotency_key": "…"}
//! ```
//!
//! `from`, `to`, `subject` and one of the bodies are required.

use serde::{Deserialize, Serialize};

use crate::{MailError, Mailbox};

/// Resend's limit, so that an email accepted here is accepted there.
const MAX_KEY_BYTES: usize = 256;
const MAX_SUBJECT_BYTES: usize = 998;

/// A received email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The sender, with an optional name.
    pub from: String,
    /// The recipient, with an optional name.
    pub to: String,
    /// The subject: one line.
    pub subject: String,
    /// The body as plain text; empty if there is none.
    pub text: String,
    /// The body as HTML; empty if there is none. Untrusted.
    pub html: String,
    /// The job it reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The sender's key for this email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    from: Option<String>,
    to: Option<String>,
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
    job_id: Option<String>,
    idempotency_key: Option<String>,
}

impl Received {
    /// Parses an email from a request's body and its `Idempotency-Key` header,
    /// which takes precedence over the field.
    ///
    /// # Errors
    /// [`MailError::Json`], or [`MailError::Field`] for the first field that
    /// is missing or invalid.
    pub fn parse(body: &[u8], key_header: Option<&str>) -> Result<Self, MailError> {
        let body: Body =
            serde_json::from_slice(body).map_err(|error| MailError::Json(error.to_string()))?;
        let field = |field, reason| MailError::Field { field, reason };
        let mailbox = |name, text: Option<String>| {
            let text = text.ok_or_else(|| field(name, "An email address is missing here."))?;
            let parsed = Mailbox::parse(&text)
                .map_err(|_| field(name, "This must be an email address, or Name <address>."))?;
            Ok(parsed.to_string())
        };
        let one_line =
            |text: &String| text.len() <= MAX_SUBJECT_BYTES && !text.chars().any(char::is_control);
        let good_key = |key: &String| {
            (1..=MAX_KEY_BYTES).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
        };
        let key = key_header.map(str::to_owned).or(body.idempotency_key);
        let received = Self {
            from: mailbox("from", body.from)?,
            to: mailbox("to", body.to)?,
            subject: body
                .subject
                .filter(one_line)
                .ok_or_else(|| field("subject", "A subject of one line is missing here."))?,
            text: body.text.unwrap_or_default(),
            html: body.html.unwrap_or_default(),
            job_id: body.job_id,
            idempotency_key: key,
        };
        if received.text.is_empty() && received.html.is_empty() {
            return Err(field("text", "A body is missing: text, html, or both."));
        }
        if received
            .idempotency_key
            .as_ref()
            .is_some_and(|key| !good_key(key))
        {
            return Err(field(
                "idempotency_key",
                "It must be 1 to 256 visible ASCII characters.",
            ));
        }
        Ok(received)
    }

    /// The recipient's address without the name, in lower case.
    pub fn to_address(&self) -> String {
        Mailbox::parse(&self.to)
            .map(|to| to.address().to_ascii_lowercase())
            .unwrap_or_default()
    }
}
