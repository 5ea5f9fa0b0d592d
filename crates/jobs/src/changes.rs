//! What has changed of a user's jobs.

use crate::job::split_jobs;
use crate::{Job, JobId, Jobs, JobsError, Redis, Value, flag, script};

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
    /// Jobs whose conversion or email has not ended, oldest first: the next query names them.
    /// At most the newest 500.
    pub unfinished: Vec<JobId>,
    /// Jobs that have changed, oldest first.
    pub jobs: Vec<Job>,
}

impl<R: Redis> Jobs<R> {
    /// What has changed of the jobs of `owner` since `since_ms`, by the queue's clock: of all
    /// jobs if that is less than ten minutes ago; of the newest 100, of all that have not
    /// ended, and of all in the last ten minutes otherwise. A change in the millisecond of a
    /// query may be in the next one again. Without a time, or with one that the clock has not
    /// reached: all jobs that have not ended, and the changes of the last minute.
    ///
    /// `unfinished` is [that](Changes::unfinished) of the query before, and `None` for the
    /// first one of a client: steps that a service of the former release takes are found
    /// through it alone.
    pub fn changes(
        &self,
        owner: &str,
        since_ms: Option<u64>,
        unfinished: Option<&[JobId]>,
    ) -> Result<Changes, JobsError> {
        let since = since_ms.map_or_else(String::new, |since| since.to_string());
        let ids: Vec<_> = unfinished
            .unwrap_or_default()
            .iter()
            .map(JobId::to_string)
            .collect();
        let mut arguments = vec![owner, &since, flag(unfinished.is_none())];
        arguments.extend(ids.iter().map(String::as_str));
        let reply = self.eval(&script::CHANGES, &arguments)?;
        match parse(&reply) {
            Some(changes) => changes,
            None => Err(script::CHANGES.unexpected(reply)),
        }
    }
}

/// `None` where the reply has another form.
fn parse(reply: &[Value]) -> Option<Result<Changes, JobsError>> {
    let [now, is_converting, is_mailing, gone, unfinished, tail @ ..] = reply else {
        return None;
    };
    let (gone, tail) = split_ids(tail, gone)?;
    let (unfinished, jobs) = split_ids(tail, unfinished)?;
    let jobs = split_jobs(jobs)?;
    let jobs: Result<_, _> = jobs.iter().map(Job::from_fields).collect();
    let (now_ms, is_converting) = (u64::try_from(now.int()?).ok()?, is_converting.int()? == 1);
    let is_mailing = is_mailing.int()? == 1;
    Some(jobs.map(|jobs| Changes {
        now_ms,
        is_converting,
        is_mailing,
        gone,
        unfinished,
        jobs,
    }))
}

/// The first `count` values as ids, and the others.
fn split_ids<'a>(values: &'a [Value], count: &Value) -> Option<(Vec<JobId>, &'a [Value])> {
    let count = usize::try_from(count.int()?).ok()?;
    let (ids, tail) = values.split_at_checked(count)?;
    let ids = ids.iter().map(|id| JobId::parse(&id.text()?));
    Some((ids.collect::<Option<_>>()?, tail))
}
