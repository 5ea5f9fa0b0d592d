//! `/admin`: dead letters, for administrators. To others there is no such path.

use http::Method;
use serde_json::json;
use tonearm_api::view::DeadLettersView;
use tonearm_jobs::{JobId, Queue, Requeued};
use tonearm_spin_runtime::queue;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};

use crate::error::Error;
use crate::jobs::{bad, limit};
use crate::session;

/// Finds the route below `/admin` and follows it.
pub fn route(head: &Head, segments: &[&str]) -> Result<Reply, Error> {
    let claims = session::require(head)?;
    if !claims.admin {
        return Ok(reply::no_such_path(head.uri().path()));
    }
    let get = matches!(*head.method(), Method::GET | Method::HEAD);
    let post = *head.method() == Method::POST;
    match segments {
        ["dead-letters"] if get => list(head),
        ["dead-letters", id] if *head.method() == Method::DELETE => discard(head, id, &claims.sub),
        ["dead-letters", id, "requeue"] if post => requeue(head, id, &claims.sub),
        ["dead-letters"] => Ok(reply::method_not_allowed("GET, HEAD")),
        ["dead-letters", _] => Ok(reply::method_not_allowed("DELETE")),
        ["dead-letters", _, "requeue"] => Ok(reply::method_not_allowed("POST")),
        _ => Ok(reply::no_such_path(head.uri().path())),
    }
}

/// `GET /admin/dead-letters?queue=video|mp3&limit=N&before=ENTRY`.
fn list(head: &Head) -> Result<Reply, Error> {
    let (queue, limit) = (which(head)?, limit(head)?);
    let before = request::query(head, "before");
    if before.as_deref().is_some_and(|entry| !is_entry(entry)) {
        return Err(bad("before", "as in the link to the next page"));
    }
    let letters = queue::open()?.dead_letters(queue, before.as_deref(), limit)?;
    Ok(reply::json(
        200,
        &DeadLettersView::new(queue, &letters, limit),
    ))
}

/// `POST /admin/dead-letters/ID/requeue?queue=video|mp3`.
fn requeue(head: &Head, id: &str, admin: &str) -> Result<Reply, Error> {
    let queue = which(head)?;
    let id = JobId::parse(id).ok_or(Error::NoSuchLetter)?;
    match queue::open()?.requeue(queue, id)? {
        Requeued::Done => {}
        Requeued::NoSuchLetter => return Err(Error::NoSuchLetter),
        Requeued::VideoGone => return Err(Error::VideoGone),
    }
    println!("{id}: requeued on {} by {admin}", queue.channel());
    let body = json!({ "id": id.to_string(), "queue": queue.channel() });
    Ok(reply::json(202, &body))
}

/// `DELETE /admin/dead-letters/ID?queue=video|mp3`.
fn discard(head: &Head, id: &str, admin: &str) -> Result<Reply, Error> {
    let queue = which(head)?;
    let id = JobId::parse(id).ok_or(Error::NoSuchLetter)?;
    if !queue::open()?.discard_dead(queue, id)? {
        return Err(Error::NoSuchLetter);
    }
    println!(
        "{id}: dead letter dropped from {} by {admin}",
        queue.channel()
    );
    Ok(reply::empty(204))
}

/// The parameter `queue`: conversions, where none is named.
fn which(head: &Head) -> Result<Queue, Error> {
    match request::query(head, "queue").as_deref() {
        None | Some("video") => Ok(Queue::Convert),
        Some("mp3") => Ok(Queue::Notify),
        Some(_) => Err(bad("queue", "video or mp3")),
    }
}

/// Whether it is the id of a stream's entry: two numbers and a dash.
fn is_entry(text: &str) -> bool {
    let digits =
        |part: &str| part.parse::<u64>().is_ok() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-')
        .is_some_and(|(time, count)| digits(time) && digits(count))
}
