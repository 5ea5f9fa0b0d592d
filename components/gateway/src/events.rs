//! `GET /jobs/ID/events`: a job's changes as they come, as server-sent events.
//!
//! | event | data |
//! |---|---|
//! | `job` | the job as in `GET /jobs/ID` but for its attempts, at first and whenever it has changed |
//! | `gone` | `{}`: the job was deleted; the last event |
//!
//! The stream ends when nothing will change any more: the conversion has ended
//! and the email is sent or given up.

use std::time::{Duration, Instant};

use futures::SinkExt;
use spin_sdk::http::ResponseOutparam;
use tonearm_api::view::JobView;
use tonearm_jobs::{Job, Jobs, MailState};
use tonearm_spin_runtime::queue::{self, Connected};
use tonearm_spin_runtime::reply;
use tonearm_spin_runtime::request::Head;

use crate::error::Error;
use crate::{jobs, session};

/// Between two looks at the job.
const LOOK: Duration = Duration::from_millis(500);
/// A comment keeps proxies from closing a quiet connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After that the client connects again, as event sources do by themselves.
const LONGEST: Duration = Duration::from_secs(3600);

/// A job being watched.
pub struct Watch {
    jobs: Jobs<Connected>,
    job: Job,
    owner: String,
}

/// Finds the job to watch.
pub fn watch(head: &Head, id: &str) -> Result<Watch, Error> {
    let claims = session::require(head)?;
    let jobs = queue::open()?;
    let job = jobs::find(&jobs, id, &claims.sub)?;
    Ok(Watch {
        jobs,
        job,
        owner: claims.sub,
    })
}

impl Watch {
    /// Sends events until the last, or until the client goes.
    pub async fn send(mut self, out: ResponseOutparam) {
        let head = reply::bytes(200, "text/event-stream", Vec::new()).map(|_| ());
        let head = reply::with(head.map(|()| Vec::new()), "cache-control", "no-store").map(|_| ());
        let response = reply::start(&head, None);
        let mut body = response.take_body();
        out.set(response);
        let started = Instant::now();
        let mut last_sent = String::new();
        let mut last_time = started;
        loop {
            let data = serde_json::to_string(&JobView::from(&self.job)).unwrap_or_default();
            if data != last_sent {
                if body.send(event("job", &data)).await.is_err() {
                    return;
                }
                (last_sent, last_time) = (data, Instant::now());
            }
            let settled = matches!(self.job.mail, Some(MailState::Sent | MailState::Failed));
            if settled || started.elapsed() > LONGEST {
                return;
            }
            if last_time.elapsed() > KEEP_ALIVE {
                if body.send(b": still here\n\n".to_vec()).await.is_err() {
                    return;
                }
                last_time = Instant::now();
            }
            std::thread::sleep(LOOK);
            match self.jobs.get(self.job.id, &self.owner) {
                Ok(Some(job)) => self.job = job,
                Ok(None) => {
                    let _ = body.send(event("gone", "{}")).await;
                    return;
                }
                // The client connects again and learns what is wrong.
                Err(error) => return eprintln!("events: {error}"),
            }
            if jobs::notify_for(&self.jobs, &self.job).is_err() {
                return;
            }
        }
    }
}

fn event(name: &str, data: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {data}\n\n").into_bytes()
}
