//! The settings of the notifier, from the variables.

use std::time::Duration;

use tonearm_mail::Variables;
use tonearm_spin_runtime::variables;

/// The settings of the notifier.
#[derive(Debug)]
pub struct Settings {
    /// The email API.
    pub mail: tonearm_mail::Settings,
    /// The origin of links in emails.
    pub public_url: String,
    /// How long a claim lasts.
    pub lease: Duration,
    /// Attempts at an email before it is given up.
    pub max_attempts: u32,
}

impl Settings {
    /// Reads the variables.
    pub fn load() -> anyhow::Result<Self> {
        let mail = tonearm_mail::Settings::parse(&Variables {
            provider: variables::text("email_provider")?,
            api_url: variables::text("email_api_url")?,
            api_path: variables::text("email_api_path")?,
            api_key: variables::text("email_api_key")?.into(),
            domain: variables::text("email_domain")?,
            from: variables::text("email_from")?,
        })?;
        Ok(Self {
            mail,
            public_url: variables::text("public_url")?,
            lease: variables::seconds("lease_seconds")?,
            max_attempts: variables::number("email_max_attempts", 1)?,
        })
    }
}
