//! `/jobs`: the user's jobs.

use http::header;
use tonearm_api::view::{JobListView, JobView};
use tonearm_jobs::{Job, JobId, Queue, State};
use tonearm_problem::Problem;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};
use tonearm_spin_runtime::{garbage_collection, queue};

use crate::error::Error;
use crate::session;

/// Jobs on a page when none is asked for.
const PAGE: u32 = 20;
/// Most jobs on a page.
const LONGEST_PAGE: u32 = 100;
/// Litter deleted with a job: its own two blobs and a bit of others'.
const SWEEP: u32 = 8;

/// `GET /jobs?limit=N&before=ID`.
pub fn list(head: &Head) -> Result<Reply, Error> {
    let claims = session::require(head)?;
    let limit = limit(head)?;
    let before = match request::query(head, "before") {
        None => None,
        Some(text) => Some(JobId::parse(&text).ok_or_else(|| bad("before", "the id of a job"))?),
    };
    let jobs = queue::open()?.list(&claims.sub, before, limit)?;
    Ok(reply::json(200, &JobListView::new(&jobs, limit)))
}

/// The parameter `limit`: how much goes on a page.
pub fn limit(head: &Head) -> Result<u32, Error> {
    let Some(text) = request::query(head, "limit") else {
        return Ok(PAGE);
    };
    text.parse()
        .ok()
        .filter(|limit| (1..=LONGEST_PAGE).contains(limit))
        .ok_or_else(|| bad("limit", &format!("a whole number from 1 to {LONGEST_PAGE}")))
}

/// `GET /jobs/ID`.
pub fn show(head: &Head, id: &str) -> Result<Reply, Error> {
    let claims = session::require(head)?;
    let jobs = queue::open()?;
    let job = find(&jobs, id, &claims.sub)?;
    notify_for(&jobs, &job)?;
    let attempts = jobs.attempts(job.id)?;
    Ok(reply::json(
        200,
        &JobView::from(&job).with_attempts(&attempts),
    ))
}

/// `DELETE /jobs/ID`.
pub fn delete(head: &Head, id: &str) -> Result<Reply, Error> {
    let claims = session::require(head)?;
    let id = JobId::parse(id).ok_or(Error::NoSuchJob)?;
    let jobs = queue::open()?;
    if !jobs.delete(id, &claims.sub)? {
        return Err(Error::NoSuchJob);
    }
    // The job is gone whether or not its files are at once.
    match Files::open() {
        Ok(files) => garbage_collection::collect(&jobs, &files, SWEEP),
        Err(error) => eprintln!("sweep: {error}"),
    }
    let mut reply = reply::empty(204);
    reply.headers_mut().remove(header::CONTENT_TYPE);
    Ok(reply)
}

/// The job `id` of `owner`.
pub fn find(
    jobs: &tonearm_jobs::Jobs<queue::Connected>,
    id: &str,
    owner: &str,
) -> Result<Job, Error> {
    let id = JobId::parse(id).ok_or(Error::NoSuchJob)?;
    jobs.get(id, owner)?.ok_or(Error::NoSuchJob)
}

/// Somebody waits for this job: rings for what it waits for, in case that
/// nobody heard the bell.
pub fn notify_for(jobs: &tonearm_jobs::Jobs<queue::Connected>, job: &Job) -> Result<(), Error> {
    let queue = match job.state {
        State::Queued | State::Converting => Queue::Convert,
        State::Done | State::Failed => Queue::Notify,
    };
    jobs.notify_if_due(queue)?;
    Ok(())
}

/// A parameter that is not what it must be.
pub fn bad(field: &str, valid: &str) -> Error {
    Problem::new(400, "bad_parameter", "Bad parameter")
        .detail(format!("{field} must be {valid}."))
        .field(field)
        .into()
}
