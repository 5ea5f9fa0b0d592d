//! `GET /healthz`: whether this service can do its work.

use serde_json::json;
use tonearm_jobs::Queue;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::{garbage_collection, queue};

use crate::error::Error;

/// Litter deleted per check: a moment's work at most.
const SWEEP: u32 = 8;

/// Asks the queue and the file store. On the way it rings for work that nobody
/// came for and deletes some litter, so that neither needs traffic.
pub fn check() -> Result<Reply, Error> {
    let jobs = queue::open()?;
    jobs.ping()?;
    let files = Files::open()?;
    jobs.notify_if_due(Queue::Convert)?;
    jobs.notify_if_due(Queue::Notify)?;
    garbage_collection::collect(&jobs, &files, SWEEP);
    Ok(reply::json(200, &json!({ "status": "ok" })))
}
