//! What has changed of a user's jobs.

use crate::job::split_jobs;
use crate::{Job, JobId, Jobs, JobsError, Redis, Value, script};

/// What has changed of a user's jobs since a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The time of this query by the queue's clock, in milliseconds since 1970: the next
    /// one asks for the changes since then.
    pub now_ms: u64,
    /// Whether a conversion has not ended.
    pub is_converting: bool,
    /// Whether an email is not sent.
    pub is_mailing: bool,
    /// Jobs that were deleted, for at least ten minutes afterwards.
    pub gone: Vec<JobId>,
    /// Jobs that have changed, oldest first.
    pub jobs: Vec<Job>,
}

impl<R: Redis> Jobs<R> {
    /// What has changed of the jobs of `owner` since `since_ms`, by the queue's clock: of the
    /// newest 100 jobs, and of all that have not ended. A change in the millisecond of a query
    /// may be in the next one again. Without a time, or with one that the clock has not
    /// reached: all jobs that have not ended, and the changes of the last minute.
    pub fn changes(&self, owner: &str, since_ms: Option<u64>) -> Result<Changes, JobsError> {
        let since = since_ms.map_or_else(String::new, |since| since.to_string());
        let reply = self.eval(&script::CHANGES, &[owner, &since])?;
        match parse(&reply) {
            Some(changes) => changes,
            None => Err(script::CHANGES.unexpected(reply)),
        }
    }
}

/// `None` where the reply has another form.
fn parse(reply: &[Value]) -> Option<Result<Changes, JobsError>> {
    let [now, is_converting, is_mailing, count, tail @ ..] = reply else {
        return None;
    };
    let (gone, jobs) = tail.split_at_checked(usize::try_from(count.int()?).ok()?)?;
    let gone = gone.iter().map(|id| JobId::parse(&id.text()?));
    let gone = gone.collect::<Option<_>>()?;
    let jobs = split_jobs(jobs)?;
    let jobs: Result<_, _> = jobs.iter().map(Job::from_fields).collect();
    let (now_ms, is_converting) = (u64::try_from(now.int()?).ok()?, is_converting.int()? == 1);
    let is_mailing = is_mailing.int()? == 1;
    Some(jobs.map(|jobs| Changes {
        now_ms,
        is_converting,
        is_mailing,
        gone,
        jobs,
    }))
}
