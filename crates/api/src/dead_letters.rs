//! `/admin/dead-letters`: work that failed for good.

use serde_json::json;
use tonearm_jobs::{JobId, Requeued};
use tonearm_tokens::Claims;
use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::view::DeadLettersView;
use crate::{Error, JobQueue, Platform, parameters};

/// `GET /admin/dead-letters?queue=video|mp3|letter&limit=N&before=ENTRY`.
pub(crate) fn list<'p, P: Platform>(
    call: &Call<'p, P>,
    _: &Claims,
) -> Result<Answer<'p, P>, Error> {
    let queue = parameters::queue(call.head)?;
    let limit = parameters::limit(call.head)?;
    let before = parameters::before_entry(call.head)?;
    let letters = call.platform.queue()?;
    let letters = letters.dead_letters(queue, before.as_deref(), limit)?;
    let view = DeadLettersView::new(queue, &letters, limit);
    Ok(Answer::Complete(reply::json(200, &view)))
}

/// `POST /admin/dead-letters/ID/requeue?queue=video|mp3|letter`.
pub(crate) fn requeue<'p, P: Platform>(
    call: &Call<'p, P>,
    administrator: &Claims,
) -> Result<Answer<'p, P>, Error> {
    let queue = parameters::queue(call.head)?;
    let id = JobId::parse(call.id).ok_or(Error::NoSuchDeadLetter)?;
    match call.platform.queue()?.requeue(queue, id)? {
        Requeued::Done => {}
        Requeued::NoSuchLetter => return Err(Error::NoSuchDeadLetter),
        Requeued::VideoGone => return Err(Error::VideoGone),
    }
    let (queue, by) = (queue.name(), &administrator.sub);
    println!("{id}: requeued on {queue} by {by}");
    let body = json!({ "id": id.to_string(), "queue": queue });
    Ok(Answer::Complete(reply::json(202, &body)))
}

/// `DELETE /admin/dead-letters/ID?queue=video|mp3|letter`.
pub(crate) fn discard<'p, P: Platform>(
    call: &Call<'p, P>,
    administrator: &Claims,
) -> Result<Answer<'p, P>, Error> {
    let queue = parameters::queue(call.head)?;
    let id = JobId::parse(call.id).ok_or(Error::NoSuchDeadLetter)?;
    if !call.platform.queue()?.discard_dead(queue, id)? {
        return Err(Error::NoSuchDeadLetter);
    }
    let (queue, by) = (queue.name(), &administrator.sub);
    println!("{id}: dead letter discarded from {queue} by {by}");
    Ok(Answer::Complete(reply::empty(204)))
}
