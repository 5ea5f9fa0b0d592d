//! The email APIs, one file each.
//!
//! | name | request | authentication | deduplication |
//! |---|---|---|---|
//! | `resend` | `POST /emails` | Bearer key | `Idempotency-Key` header, for a day |
//! | `sendgrid` | `POST /v3/mail/send` | Bearer key | none; the key is a custom argument |
//! | `postmark` | `POST /email` | `X-Postmark-Server-Token` | none; the key is metadata |
//! | `mailgun` | `POST /v3/{domain}/messages` | Basic `api:` key | none; the key is a variable |
//! | `generic` | `POST {email_api_path}` | Bearer key, if any | `Idempotency-Key` header |
//!
//! Without deduplication, an email is sent twice if the response to the first
//! request is lost; both carry the same key in the provider's log. Tracking is
//! disabled where possible, because it rewrites download links.

mod generic;
mod mailgun;
mod postmark;
mod resend;
mod sendgrid;

use std::fmt;

use http::{Request, header};

use crate::{MailError, Message, Settings};

/// Resend refuses requests without one.
const USER_AGENT: &str = concat!("tonearm/", env!("CARGO_PKG_VERSION"));

/// One of the email APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Resend.
    Resend,
    /// Twilio SendGrid.
    SendGrid,
    /// Postmark.
    Postmark,
    /// Mailgun.
    Mailgun,
    /// Plain JSON, for the local mailbox or any relay.
    Generic,
}

impl Provider {
    const ALL: [Self; 5] = [
        Self::Resend,
        Self::SendGrid,
        Self::Postmark,
        Self::Mailgun,
        Self::Generic,
    ];

    /// Parses a provider's name, ignoring its case.
    ///
    /// # Errors
    /// [`MailError::Setting`], with the valid names.
    pub fn parse(name: &str) -> Result<Self, MailError> {
        let found = Self::ALL
            .into_iter()
            .find(|p| p.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            MailError::setting("email_provider", format!("it must be one of {names}"))
        })
    }

    /// The name used in `email_provider`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::SendGrid => "sendgrid",
            Self::Postmark => "postmark",
            Self::Mailgun => "mailgun",
            Self::Generic => "generic",
        }
    }

    /// The default value of `email_api_url`. Other regions use other origins.
    pub fn default_url(self) -> Option<&'static str> {
        match self {
            Self::Resend => Some("https://api.resend.com"),
            Self::SendGrid => Some("https://api.sendgrid.com"),
            Self::Postmark => Some("https://api.postmarkapp.com"),
            Self::Mailgun => Some("https://api.mailgun.net"),
            Self::Generic => None,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Settings {
    /// Builds the request that sends the message. It carries the idempotency key
    /// in the provider's own way.
    ///
    /// # Errors
    /// [`MailError::Request`], which is not expected for valid settings.
    pub fn request(&self, message: &Message) -> Result<Request<Vec<u8>>, MailError> {
        let parts = match self.provider() {
            Provider::Resend => resend::parts(self, message),
            Provider::SendGrid => sendgrid::parts(self, message),
            Provider::Postmark => postmark::parts(self, message),
            Provider::Mailgun => mailgun::parts(self, message),
            Provider::Generic => generic::parts(self, message),
        };
        let mut request = Request::post(format!("{}{}", self.url, parts.path))
            .header(header::CONTENT_TYPE, parts.media_type)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, USER_AGENT);
        for (name, value) in parts.headers {
            request = request.header(name, value);
        }
        request
            .body(parts.body)
            .map_err(|error| MailError::Request(error.to_string()))
    }
}

/// The parts of a request that differ between providers.
struct Parts {
    path: String,
    media_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Parts {
    fn json(path: &str, headers: Vec<(&'static str, String)>, body: &serde_json::Value) -> Self {
        Self {
            path: path.to_owned(),
            media_type: "application/json",
            headers,
            body: body.to_string().into_bytes(),
        }
    }
}

fn bearer(settings: &Settings) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", settings.key.as_str()))
}
