//! `GET /converter/healthz`: whether this service could work.

use serde_json::json;
use tonearm_jobs::Queue;
use tonearm_media::Encoder;
use tonearm_problem::Problem;
use tonearm_shell::files::Files;
use tonearm_shell::reply::{self, Reply};
use tonearm_shell::request::Head;
use tonearm_shell::{queue, sweep};

use crate::encoder::Plugin;

/// Litter deleted per check: a moment's work at most.
const SWEEP: u32 = 8;

/// The one route there is.
pub fn route(head: &Head) -> Reply {
    let path = head.uri().path();
    match path.strip_prefix("/converter").unwrap_or(path) {
        "/healthz" => check().unwrap_or_else(|error| {
            eprintln!("not healthy: {error}");
            reply::problem(
                &Problem::new(503, "unavailable", "Unavailable")
                    .detail("This service cannot work at the moment; its log tells why.")
                    .retry_after(5),
            )
        }),
        _ => reply::no_such_path(path),
    }
}

/// Asks the queue, the file store and the plugin. On the way it rings for work
/// that nobody came for and deletes some litter, so that neither needs traffic.
fn check() -> anyhow::Result<Reply> {
    let jobs = queue::open()?;
    jobs.ping()?;
    let files = Files::open()?;
    jobs.ring_if_due(Queue::Video)?;
    sweep::sweep(&jobs, &files, SWEEP);
    Ok(reply::json(
        200,
        &json!({ "status": "ok", "encoder": Plugin.describe().name }),
    ))
}
