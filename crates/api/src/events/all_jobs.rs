//! `GET /events`: the changes of all jobs of a user.
//!
//! | event | data |
//! |---|---|
//! | `job` | a job that has changed, as in `GET /jobs/ID/events` |
//! | `gone` | `{"id": "…"}`: the job was deleted |
//!
//! At first come all jobs that have not ended, and those that changed in the last minute.
//! `id` is a time of the queue's clock in milliseconds. A client that reconnects sends it as
//! `Last-Event-ID`, and gets what has changed since then. It stands behind the events of one
//! query, so that a client that was cut off among them gets them again.

use std::fmt::Write;
use std::time::Duration;

use tonearm_jobs::{JobId, Queue};
use tonearm_tokens::Claims;
use tonearm_web::request;

use super::{Feed, News, answer, event};
use crate::answer::{Answer, Call};
use crate::view::JobView;
use crate::{Error, JobQueue, Platform};

/// Opens the stream of all jobs.
pub(crate) fn open<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let last = request::header(call.head, "last-event-id");
    let feed = AllJobs {
        owner: user.sub.clone(),
        since_ms: last.and_then(|id| id.parse().ok()),
        unfinished: None,
    };
    let queue = call.platform.queue()?;
    Ok(answer(call, user, queue, feed))
}

struct AllJobs {
    owner: String,
    /// The time of the last query.
    since_ms: Option<u64>,
    /// The jobs that were unfinished then: their end is a change.
    unfinished: Option<Vec<JobId>>,
}

impl<Q: JobQueue> Feed<Q> for AllJobs {
    const INTERVAL: Duration = Duration::from_secs(1);

    fn poll(&mut self, queue: &Q, is_first: bool) -> Result<News, Error> {
        let changes = queue.changes(&self.owner, self.since_ms, self.unfinished.as_deref())?;
        self.since_ms = Some(changes.now_ms);
        self.unfinished = Some(changes.unfinished);
        if changes.is_converting {
            queue.notify_if_due(Queue::Convert)?;
        }
        if changes.is_mailing {
            queue.notify_if_due(Queue::Notify)?;
        }
        let mut text = String::new();
        for id in &changes.gone {
            text += &event("gone", &format!("{{\"id\":\"{id}\"}}"));
        }
        for job in &changes.jobs {
            let data = serde_json::to_string(&JobView::from(job)).unwrap_or_default();
            text += &event("job", &data);
        }
        if is_first || !text.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(text, "id: {}\n\n", changes.now_ms);
        }
        Ok(News {
            text,
            is_last: false,
        })
    }
}
