//! The settings of the notifier, from the variables.

use tonearm_letters::SealingKey;
use tonearm_mail::Variables;
use tonearm_notify::Settings;
use tonearm_spin_runtime::variables;

/// Reads the variables.
pub fn load() -> anyhow::Result<Settings> {
    let mail = tonearm_mail::Settings::parse(&Variables {
        provider: variables::text("email_provider")?,
        api_url: variables::text("email_api_url")?,
        api_path: variables::text("email_api_path")?,
        api_key: variables::text("email_api_key")?.into(),
        domain: variables::text("email_domain")?,
        from: variables::text("email_from")?,
    })?;
    Ok(Settings {
        mail,
        public_url: variables::text("public_url")?,
        lease: variables::seconds("lease_seconds")?,
        max_attempts: variables::number("email_max_attempts", 1)?,
        letter_key: SealingKey::parse(&variables::text("letter_key")?),
    })
}
