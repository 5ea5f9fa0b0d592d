//! The public API.
//!
//! | method and path | what | who |
//! |---|---|---|
//! | `GET /` | what this is and how to use it | anyone |
//! | `GET /healthz` | whether the queue and the file store answer | anyone |
//! | `POST /register`, `POST /login` | passed to auth | anyone |
//! | `GET /.well-known/jwks.json` | passed to auth | anyone |
//! | `POST /upload` | files to convert, 202 with their jobs | a user |
//! | `GET /jobs` | the user's jobs, newest first | a user |
//! | `GET /jobs/ID` | one job | its owner |
//! | `GET /jobs/ID/events` | the job's changes as they come (SSE) | its owner |
//! | `DELETE /jobs/ID` | forgets the job and its files | its owner |
//! | `GET /download?fid=ID` | the MP3 | its owner |
//! | `GET /admin/dead-letters` | what was given up, newest first | an administrator |
//! | `POST /admin/dead-letters/ID/requeue` | has it done again | an administrator |
//! | `DELETE /admin/dead-letters/ID` | drops it | an administrator |
//! | `GET /metrics` | what there is to watch, for Prometheus | an administrator, or with `metrics_token` |
//!
//! HEAD is answered where GET is. A user shows a Bearer token of auth's.

#![expect(unsafe_code, reason = "what the export macro generates")]

mod accepting;
mod admin;
mod auth;
mod download;
mod error;
mod events;
mod health;
mod home;
mod incoming_file;
mod jobs;
mod limits;
mod metrics;
mod options;
mod session;
mod upload;

use http::Method;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};

use crate::error::Error;

/// Most of a refused upload that is still read, in bytes, so that the client
/// gets to see why: closing a connection with unread bytes may discard the
/// answer on its way.
const DRAIN: usize = 64 * 1024 * 1024;

/// What a route answers.
enum Answer {
    Whole(Reply),
    File(Box<download::Download>),
    Events(Box<events::Watch>),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Whole(reply)
    }
}

#[http_component]
async fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
    let head = request::head(&incoming);
    let mut body = Some(incoming);
    match route(&head, &mut body).await {
        Ok(Answer::Whole(reply)) => reply::send(reply, out).await,
        Ok(Answer::File(file)) => file.send(out).await,
        Ok(Answer::Events(watch)) => watch.send(out).await,
        Err(error) => {
            error.log(&head);
            reply::send(error.reply(), out).await;
        }
    }
    if let Some(unread) = body {
        request::drain(unread, DRAIN).await;
    }
}

/// Finds the route and follows it. A route that reads the body takes it.
async fn route(head: &Head, body: &mut Option<IncomingRequest>) -> Result<Answer, Error> {
    let path = head.uri().path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let get = matches!(*head.method(), Method::GET | Method::HEAD);
    let post = *head.method() == Method::POST;
    let answer = match segments.as_slice() {
        [""] if get => home::page(head).into(),
        ["healthz"] if get => health::check()?.into(),
        ["register"] | ["login"] if post => auth::pass(head, body.take()).await?.into(),
        [".well-known", "jwks.json"] if get => auth::pass(head, None).await?.into(),
        ["upload"] if post => upload::accept(head, body).await?.into(),
        ["jobs"] if get => jobs::list(head)?.into(),
        ["jobs", id] if get => jobs::show(head, id)?.into(),
        ["jobs", id] if *head.method() == Method::DELETE => jobs::delete(head, id)?.into(),
        ["jobs", id, "events"] if get => Answer::Events(Box::new(events::watch(head, id)?)),
        ["download"] if get => download::select(head)?,
        ["admin", rest @ ..] => admin::route(head, rest)?.into(),
        ["metrics"] if get => metrics::show(head)?.into(),
        [""]
        | ["healthz"]
        | ["jobs"]
        | ["jobs", _, "events"]
        | ["download"]
        | [".well-known", "jwks.json"] => reply::method_not_allowed("GET, HEAD").into(),
        ["jobs", _] => reply::method_not_allowed("GET, HEAD, DELETE").into(),
        ["register"] | ["login"] | ["upload"] => reply::method_not_allowed("POST").into(),
        _ => reply::no_such_path(path).into(),
    };
    Ok(answer)
}
