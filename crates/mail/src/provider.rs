//! The email APIs, each in a file of its own.
//!
//! | name | request | says who we are by | knows a mail again by |
//! |---|---|---|---|
//! | `resend` | `POST /emails` | Bearer key | `Idempotency-Key` header, for a day |
//! | `sendgrid` | `POST /v3/mail/send` | Bearer key | nothing; the key is a custom argument |
//! | `postmark` | `POST /email` | `X-Postmark-Server-Token` | nothing; the key is metadata |
//! | `mailgun` | `POST /v3/{domain}/messages` | Basic `api:` key | nothing; the key is a variable |
//! | `generic` | `POST {email_api_path}` | Bearer key, if any | `Idempotency-Key` header |
//!
//! Where an API knows no mail again, a mail is sent twice if its answer was
//! lost on the way; in the provider's log the two bear the same key.
//! Tracking is switched off wherever that is possible: download links must
//! arrive as they are.

mod generic;
mod mailgun;
mod postmark;
mod resend;
mod sendgrid;

use std::fmt;

use http::{Request, header};

use crate::{MailError, Message, Settings};

/// Resend turns requests without one away.
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
    /// Plain JSON, as the local mailbox takes it and any relay can.
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

    /// The provider of a name; its case does not matter.
    ///
    /// # Errors
    /// [`MailError::Setting`] with the names there are.
    pub fn parse(name: &str) -> Result<Self, MailError> {
        let found = Self::ALL
            .into_iter()
            .find(|p| p.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            MailError::setting("email_provider", format!("it must be one of {names}"))
        })
    }

    /// The name in the variable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::SendGrid => "sendgrid",
            Self::Postmark => "postmark",
            Self::Mailgun => "mailgun",
            Self::Generic => "generic",
        }
    }

    /// What `email_api_url` usually is; other regions have others.
    pub fn usual_url(self) -> Option<&'static str> {
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
    /// The request that has the message sent. It names its idempotency key in
    /// whatever way the provider knows.
    ///
    /// # Errors
    /// [`MailError::Request`], which checked settings and messages don't give.
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

/// What the providers differ in.
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
