//! `GET /healthz`: whether the queue and the file store respond.

use serde_json::json;
use tonearm_jobs::Queue;
use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::{Error, JobQueue, Platform, garbage_collection};

/// Checks the queue and the file store. It also notifies workers of due work and
/// deletes some expired blobs, so that neither depends on traffic.
pub(crate) fn check<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let queue = call.platform.queue()?;
    queue.ping()?;
    call.platform.files()?;
    queue.notify_if_due(Queue::Convert)?;
    queue.notify_if_due(Queue::Notify)?;
    garbage_collection::collect(call.platform, &queue);
    let reply = reply::json(200, &json!({ "status": "ok" }));
    Ok(Answer::Complete(reply))
}
