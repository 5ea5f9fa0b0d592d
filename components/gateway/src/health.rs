//! `GET /healthz`: whether this service can do its work.

use serde_json::json;
use tonearm_jobs::Queue;
use tonearm_shell::files::Files;
use tonearm_shell::reply::{self, Reply};
use tonearm_shell::{queue, sweep};

use crate::error::Error;

/// Litter deleted per check: a moment's work at most.
const SWEEP: u32 = 8;

/// Asks the queue and the file store. On the way it rings for work that nobody
/// came for and deletes some litter, so that neither needs traffic.
pub fn check() -> Result<Reply, Error> {
    let jobs = queue::open()?;
    jobs.ping()?;
    let files = Files::open()?;
    jobs.ring_if_due(Queue::Video)?;
    jobs.ring_if_due(Queue::Mp3)?;
    sweep::sweep(&jobs, &files, SWEEP);
    Ok(reply::json(200, &json!({ "status": "ok" })))
}
