//! `GET /jobs/ID/events`: the changes of a job as server-sent events.
//!
//! | event | data |
//! |---|---|
//! | `job` | the job as in `GET /jobs/ID`, without its attempts: at first and after each change |
//! | `gone` | `{}`: the job was deleted; the last event |
//!
//! The stream ends once the conversion has ended and the email is sent, has failed or is
//! skipped: the job cannot change any more. It also ends when the token has expired or is
//! revoked.

use std::time::Duration;

use http::Response;
use tonearm_jobs::Job;
use tonearm_tokens::Claims;
use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::jobs::{find, is_final, notify_workers};
use crate::token_watch::TokenWatch;
use crate::view::JobView;
use crate::{Error, JobQueue, Platform};

/// Time between two queries of the job.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Time after which a comment keeps proxies from closing a quiet connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Time after which the stream ends. Clients reconnect on their own.
const MAX_DURATION: Duration = Duration::from_secs(3600);

/// The events of a job.
pub struct EventStream<'p, P: Platform> {
    head: Response<()>,
    platform: &'p P,
    queue: P::Queue,
    job: Job,
    owner: String,
    token: TokenWatch<'p, P>,
    started: Duration,
    last_data: String,
    last_sent: Duration,
    is_gone: bool,
}

/// Opens the stream of a job.
pub(crate) fn open<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let queue = call.platform.queue()?;
    let job = find(&queue, call.id, &user.sub)?;
    let now = call.platform.monotonic_time();
    let reply = reply::bytes(200, "text/event-stream", Vec::new());
    let reply = reply::with(reply, "cache-control", "no-store");
    Ok(Answer::Events(Box::new(EventStream {
        head: reply.map(|_| ()),
        platform: call.platform,
        queue,
        job,
        owner: user.sub.clone(),
        token: TokenWatch::new(call.platform, user),
        started: now,
        last_data: String::new(),
        last_sent: now,
        is_gone: false,
    })))
}

impl<P: Platform> EventStream<'_, P> {
    /// Status and headers of the response.
    pub fn head(&self) -> &Response<()> {
        &self.head
    }

    pub(crate) fn head_mut(&mut self) -> &mut Response<()> {
        &mut self.head
    }

    /// Waits for the next event or comment; `None` ends the stream. After an error
    /// the stream ends, and the client learns the reason when it reconnects.
    pub fn next_piece(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.is_gone {
                return None;
            }
            let now = self.platform.monotonic_time();
            let data = serde_json::to_string(&JobView::from(&self.job)).unwrap_or_default();
            if data != self.last_data {
                let piece = event("job", &data);
                (self.last_data, self.last_sent) = (data, now);
                return Some(piece);
            }
            if is_final(&self.job) || now.saturating_sub(self.started) > MAX_DURATION {
                return None;
            }
            if now.saturating_sub(self.last_sent) > KEEP_ALIVE {
                self.last_sent = now;
                return Some(b": still here\n\n".to_vec());
            }
            self.platform.sleep(POLL_INTERVAL);
            if self.token.has_expired() || !self.token.may_continue() {
                return None;
            }
            match self.queue.get(self.job.id, &self.owner) {
                Ok(Some(job)) => self.job = job,
                Ok(None) => {
                    self.is_gone = true;
                    return Some(event("gone", "{}"));
                }
                Err(error) => {
                    eprintln!("events: {error}");
                    return None;
                }
            }
            if notify_workers(&self.queue, &self.job).is_err() {
                return None;
            }
        }
    }
}

fn event(name: &str, data: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {data}\n\n").into_bytes()
}
