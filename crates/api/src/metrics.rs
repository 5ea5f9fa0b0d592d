//! `GET /metrics`: gauges and counters for Prometheus.

use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::view::metrics;
use crate::{Error, JobQueue, Platform};

/// Reads the metrics of the queue.
pub(crate) fn show<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let text = metrics::to_text(&call.platform.queue()?.metrics()?);
    let reply = reply::bytes(200, metrics::MEDIA_TYPE, text);
    let reply = reply::with(reply, "cache-control", "no-store");
    Ok(Answer::Complete(reply))
}
