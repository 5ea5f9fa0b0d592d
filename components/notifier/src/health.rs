//! `GET /notifier/healthz`.

use anyhow::anyhow;
use serde_json::json;
use tonearm_jobs::{Jobs, Queue};
use tonearm_letters::LetterError;
use tonearm_spin_runtime::redis;
use tonearm_spin_runtime::reply::{self, Reply};

use crate::settings;

/// Checks the settings and the queues. It also repeats a lost notification, so that
/// recovery does not depend on traffic.
pub fn check() -> anyhow::Result<Reply> {
    let settings = settings::load()?;
    let jobs = Jobs::new(redis::connect()?);
    jobs.ping()?;
    // Includes letters.
    jobs.notify_if_due(Queue::Notify)?;
    let mut status = json!({ "status": "ok", "provider": settings.mail.provider().name() });
    match settings.letter_key {
        Ok(_) => {}
        Err(error @ LetterError::KeyMissing) => {
            status["note"] = format!("letters stay queued: variable letter_key: {error}").into();
        }
        Err(error) => return Err(anyhow!("variable letter_key: {error}")),
    }
    Ok(reply::json(200, &status))
}
