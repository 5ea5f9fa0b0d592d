//! The settings of the notifier.

use std::time::Duration;

use tonearm_letters::{LetterError, SealingKey};

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
    /// The key that opens letters, or why there is none. Emails about jobs do without.
    pub letter_key: Result<SealingKey, LetterError>,
}
