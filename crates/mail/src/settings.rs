//! The settings of the chosen provider, complete and sane, or not at all.
//!
//! | variable | who needs it |
//! |---|---|
//! | `email_provider` | everyone: `resend`, `sendgrid`, `postmark`, `mailgun` or `generic` |
//! | `email_api_url` | everyone: scheme and host; it is also what the manifest lets through |
//! | `email_api_path` | `generic`; the others have a path of their own |
//! | `email_api_key` | all but `generic`, which sends it if there is one |
//! | `email_domain` | `mailgun` |
//! | `email_from` | everyone |

use std::fmt;

use http::Uri;
use zeroize::Zeroizing;

use crate::{MailError, Mailbox, Provider};

/// The variables as they come.
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

/// The variables, parsed. Its `Debug` form does not show the key.
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
    /// Checks the variables against what the provider needs.
    ///
    /// # Errors
    /// [`MailError::Setting`] with the variable's name and what is valid.
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

    /// Which API it is.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// Who sends the mails.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }
}

/// Scheme and authority only: anything more would be lost beside the path.
fn url(text: &str, provider: Provider) -> Result<String, MailError> {
    let wrong = || {
        MailError::setting(
            "email_api_url",
            format!(
                "it must be scheme and host, such as {}",
                provider.usual_url().unwrap_or("http://127.0.0.1:3000")
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
