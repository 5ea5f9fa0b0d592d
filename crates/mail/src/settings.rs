//! The settings, validated for the chosen provider.
//!
//! | variable | required by |
//! |---|---|
//! | `email_provider` | all: `resend`, `sendgrid`, `postmark`, `mailgun` or `generic` |
//! | `email_api_url` | all: scheme and host; the manifest allows connections to this origin |
//! | `email_api_path` | `generic`; the others have fixed paths |
//! | `email_api_key` | all but `generic`, where it is optional |
//! | `email_domain` | `mailgun` |
//! | `email_from` | all |

use std::fmt;

use http::Uri;
use zeroize::Zeroizing;

use crate::{MailError, Mailbox, Provider};

/// The variables, not yet validated.
#[derive(Clone, Default)]
pub struct Variables {
    /// `email_provider`.
    pub provider: String,
    /// `email_api_url`.
    pub api_url: String,
    /// `email_api_path`.
    pub api_path: String,
    /// `email_api_key`, a secret.
    pub api_key: Zeroizing<String>,
    /// `email_domain`.
    pub domain: String,
    /// `email_from`.
    pub from: String,
}

/// The validated variables. The `Debug` form hides the key.
#[derive(Clone)]
pub struct Settings {
    provider: Provider,
    pub(crate) url: String,
    pub(crate) path: String,
    pub(crate) key: Zeroizing<String>,
    pub(crate) domain: String,
    from: Mailbox,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("provider", &self.provider)
            .field("url", &self.url)
            .field("path", &self.path)
            .field("domain", &self.domain)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Validates the variables for the chosen provider.
    ///
    /// # Errors
    /// [`MailError::Setting`] with the variable's name and the rule.
    pub fn parse(variables: &Variables) -> Result<Self, MailError> {
        let provider = Provider::parse(variables.provider.trim())?;
        let settings = Self {
            provider,
            url: url(variables.api_url.trim(), provider)?,
            path: variables.api_path.trim().to_owned(),
            key: Zeroizing::new(variables.api_key.trim().to_owned()),
            domain: variables.domain.trim().to_owned(),
            from: Mailbox::parse(&variables.from).map_err(|_| {
                MailError::setting("email_from", "it must be an address, or Name <address>")
            })?,
        };
        let visible = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if !visible(&settings.key) {
            return Err(MailError::setting(
                "email_api_key",
                "it has white space or non-ASCII",
            ));
        }
        if settings.key.is_empty() && provider != Provider::Generic {
            return Err(MailError::setting(
                "email_api_key",
                format!("{provider} needs a key"),
            ));
        }
        if provider == Provider::Generic
            && !(settings.path.starts_with('/') && settings.path.parse::<Uri>().is_ok())
        {
            return Err(MailError::setting(
                "email_api_path",
                "it must be a path, from its / on",
            ));
        }
        let host = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
        if provider == Provider::Mailgun
            && (settings.domain.is_empty() || !settings.domain.bytes().all(host))
        {
            return Err(MailError::setting(
                "email_domain",
                "mailgun needs the sending domain",
            ));
        }
        Ok(settings)
    }

    /// The chosen API.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The sender of the emails.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }
}

/// Accepts scheme and authority only: a path would be dropped silently.
fn url(text: &str, provider: Provider) -> Result<String, MailError> {
    let wrong = || {
        MailError::setting(
            "email_api_url",
            format!(
                "it must be scheme and host, such as {}",
                provider.default_url().unwrap_or("http://127.0.0.1:3000")
            ),
        )
    };
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let scheme = uri
        .scheme_str()
        .filter(|s| matches!(*s, "http" | "https"))
        .ok_or_else(wrong)?;
    let authority = uri
        .authority()
        .filter(|a| !a.as_str().contains('@'))
        .ok_or_else(wrong)?;
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(wrong());
    }
    Ok(format!("{scheme}://{authority}"))
}
