//! `GET /converter/healthz`: whether this service could work.

use serde_json::json;
use tonearm_jobs::Queue;
use tonearm_media::Encoder;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::{garbage_collection, queue};

use crate::encoder::Plugin;

/// Litter deleted per check: a moment's work at most.
const SWEEP: u32 = 8;

/// Asks the queue, the file store and the plugin. On the way it rings for work
/// that nobody came for and deletes some litter, so that neither needs traffic.
pub fn check() -> anyhow::Result<Reply> {
    let jobs = queue::open()?;
    jobs.ping()?;
    let files = Files::open()?;
    jobs.notify_if_due(Queue::Convert)?;
    garbage_collection::collect(&jobs, &files, SWEEP);
    Ok(reply::json(
        200,
        &json!({ "status": "ok", "encoder": Plugin.describe().name }),
    ))
}
