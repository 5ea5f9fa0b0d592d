//! `GET /notifier/healthz`: whether this service could work.

use serde_json::json;
use tonearm_jobs::Queue;
use tonearm_spin_runtime::queue;
use tonearm_spin_runtime::reply::{self, Reply};

use crate::settings::Settings;

/// Checks the settings and asks the queue. On the way it rings for emails that
/// nobody came for, so that recovery needs no traffic.
pub fn check() -> anyhow::Result<Reply> {
    let settings = Settings::load()?;
    let jobs = queue::open()?;
    jobs.ping()?;
    jobs.notify_if_due(Queue::Notify)?;
    Ok(reply::json(
        200,
        &json!({ "status": "ok", "provider": settings.mail.provider().name() }),
    ))
}
