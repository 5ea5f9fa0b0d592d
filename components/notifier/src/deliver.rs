//! One request to the email API.

use std::time::Duration;

use tonearm_jobs::{Job, State};
use tonearm_mail::{Delivery, MailError, Notice, Outcome, compose};
use tonearm_spin_runtime::fetch::fetch;
use tonearm_worker::EmailItem;

use crate::settings::Settings;

/// The timeout for connecting, for the first byte and between bytes. Three of them are
/// shorter than the shortest sensible lease.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends the email.
pub fn deliver(email: &EmailItem, settings: &Settings) -> Delivery {
    let request = match request(email.job(), email.to(), settings) {
        Ok(request) => request,
        Err(error) => {
            return Delivery::Rejected {
                reason: error.to_string(),
            };
        }
    };
    match fetch(&request, TIMEOUT) {
        Ok(response) => settings.mail.classify(&response),
        // Without a response, even because of a misspelled address, nothing is known
        // about the email itself.
        Err(error) => Delivery::Retry {
            after: None,
            reason: error.to_string(),
        },
    }
}

fn request(job: &Job, to: &str, settings: &Settings) -> Result<http::Request<Vec<u8>>, MailError> {
    let kept_until = job.mp3_kept_until();
    let warnings = job.mp3.as_ref().map_or_else(Vec::new, |mp3| {
        let warnings = mp3.warnings();
        warnings.into_iter().map(|one| one.message).collect()
    });
    let outcome = match (job.state, &job.mp3, &job.error) {
        (State::Done, Some(mp3), _) => Outcome::Done {
            duration: mp3.duration,
            bytes: mp3.bytes,
            kept_until: kept_until.as_deref(),
            warnings: &warnings,
        },
        (_, _, Some(failure)) => Outcome::Failed {
            reason: &failure.message,
        },
        (_, _, None) => Outcome::Failed {
            reason: "The file could not be converted.",
        },
    };
    let id = job.id.to_string();
    let notice = Notice {
        id: &id,
        to,
        name: &job.name,
        outcome,
        round: job.requeues,
    };
    let message = compose(&notice, &settings.mail, &settings.public_url)?;
    settings.mail.request(&message)
}
