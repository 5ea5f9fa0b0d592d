//! `/jobs`: a user's jobs.

use tonearm_jobs::{Job, JobId, MailState, Queue, State};
use tonearm_tokens::Claims;
use tonearm_web::reply::{self, Reply};

use crate::answer::{Answer, Call};
use crate::view::{JobListView, JobView};
use crate::{Error, JobQueue, Platform, garbage_collection, page, parameters};

/// `GET /jobs?limit=N&before=ID`.
pub(crate) fn list<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let limit = parameters::limit(call.head)?;
    let before = parameters::before_job(call.head)?;
    let jobs = call.platform.queue()?.list(&user.sub, before, limit)?;
    let reply = match page::is_wanted(call.head) {
        true => page::of_jobs(&jobs, limit),
        false => reply::json(200, &JobListView::new(&jobs, limit)),
    };
    Ok(Answer::Complete(reply::with(reply, "vary", "accept")))
}

/// `GET /jobs/ID`.
pub(crate) fn show<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let queue = call.platform.queue()?;
    let job = find(&queue, call.id, &user.sub)?;
    notify_workers(&queue, &job)?;
    let attempts = match has_started(&job) {
        true => queue.attempts(job.id)?,
        false => Vec::new(),
    };
    let view = JobView::from(&job).with_details(&job, &attempts);
    Ok(Answer::Complete(reply::json(200, &view)))
}

/// `DELETE /jobs/ID`.
pub(crate) fn delete<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    Ok(Answer::Complete(delete_now(call, &user)?))
}

/// Deletes the job of a request.
pub(crate) fn delete_now<P: Platform>(call: &Call<'_, P>, user: &Claims) -> Result<Reply, Error> {
    let id = JobId::parse(call.id).ok_or(Error::NoSuchJob)?;
    let queue = call.platform.queue()?;
    if !queue.delete(id, &user.sub)? {
        return Err(Error::NoSuchJob);
    }
    // The job is deleted even if its files have to wait for the next collection.
    garbage_collection::collect(call.platform, &queue);
    Ok(reply::empty(204))
}

/// The job `id` of `owner`.
pub(crate) fn find(queue: &impl JobQueue, id: &str, owner: &str) -> Result<Job, Error> {
    let id = JobId::parse(id).ok_or(Error::NoSuchJob)?;
    queue.get(id, owner)?.ok_or(Error::NoSuchJob)
}

/// Whether the job changes no more on its own.
pub(crate) fn is_final(job: &Job) -> bool {
    let mail_has_ended = matches!(
        job.mail,
        Some(MailState::Sent | MailState::Failed | MailState::Skipped)
    );
    has_ended(job) && mail_has_ended
}

/// Whether the conversion has ended.
pub(crate) fn has_ended(job: &Job) -> bool {
    matches!(job.state, State::Done | State::Failed)
}

/// Whether anybody has ever worked on the job. An operator who queues it again starts the
/// number of its attempts anew.
fn has_started(job: &Job) -> bool {
    job.state != State::Queued || job.attempt > 0 || job.requeues > 0
}

/// Notifies the workers that `job` waits for, in case the first notification was lost.
pub(crate) fn notify_workers(queue: &impl JobQueue, job: &Job) -> Result<(), Error> {
    if is_final(job) {
        return Ok(());
    }
    let kind = match job.state {
        State::Queued | State::Converting => Queue::Convert,
        State::Done | State::Failed => Queue::Notify,
    };
    queue.notify_if_due(kind)?;
    Ok(())
}
