//! `GET /notifier/healthz`.

use serde_json::json;
use tonearm_jobs::{Jobs, Queue};
use tonearm_spin_runtime::redis;
use tonearm_spin_runtime::reply::{self, Reply};

use crate::settings::Settings;

/// Checks the settings and the queue. It also repeats a lost notification, so that
/// recovery does not depend on traffic.
pub fn check() -> anyhow::Result<Reply> {
    let settings = Settings::load()?;
    let jobs = Jobs::new(redis::connect()?);
    jobs.ping()?;
    jobs.notify_if_due(Queue::Notify)?;
    Ok(reply::json(
        200,
        &json!({ "status": "ok", "provider": settings.mail.provider().name() }),
    ))
}
