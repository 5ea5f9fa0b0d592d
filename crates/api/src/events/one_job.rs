//! `GET /jobs/ID/events`: the changes of a job.
//!
//! | event | data |
//! |---|---|
//! | `job` | the job as in `GET /jobs/ID`, without its attempts: at first and after each change |
//! | `gone` | `{}`: the job was deleted; the last event |
//!
//! The stream ends once the conversion has ended and the email is sent, has failed or is
//! skipped: the job changes no more on its own.

use std::time::Duration;

use tonearm_jobs::Job;
use tonearm_tokens::Claims;

use super::{Feed, News, answer, event};
use crate::answer::{Answer, Call};
use crate::jobs::{find, is_final, notify_workers};
use crate::view::JobView;
use crate::{Error, JobQueue, Platform};

/// Opens the stream of a job.
pub(crate) fn open<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let queue = call.platform.queue()?;
    let feed = OneJob {
        job: find(&queue, call.id, &user.sub)?,
        owner: user.sub.clone(),
        last_data: String::new(),
    };
    Ok(answer(call, user, queue, feed))
}

struct OneJob {
    job: Job,
    owner: String,
    last_data: String,
}

impl<Q: JobQueue> Feed<Q> for OneJob {
    const INTERVAL: Duration = Duration::from_millis(500);

    fn poll(&mut self, queue: &Q, is_first: bool) -> Result<News, Error> {
        if !is_first {
            match queue.get(self.job.id, &self.owner)? {
                Some(job) => self.job = job,
                None => {
                    return Ok(News {
                        text: event("gone", "{}"),
                        is_last: true,
                    });
                }
            }
            notify_workers(queue, &self.job)?;
        }
        let mut text = String::new();
        let data = serde_json::to_string(&JobView::from(&self.job)).unwrap_or_default();
        if data != self.last_data {
            text = event("job", &data);
            self.last_data = data;
        }
        let is_last = is_final(&self.job);
        Ok(News { text, is_last })
    }
}
