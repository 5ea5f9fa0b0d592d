//! `/files`: resumable uploads by the protocol tus 1.0.0 (<https://tus.io/protocols/resumable-upload>),
//! with its extensions creation, creation-with-upload, termination, expiration, checksum and
//! concatenation.
//!
//! `/files/ID` becomes the job `/jobs/ID` in the step that completes it. The offset that a
//! client learns is that of the last checkpoint, which the file store certainly has
//! (`docs/uploads.md`).

mod checksum;
mod claim;
mod concat;
mod create;
mod error;
mod header;
mod join;
mod metadata;
mod stored;
mod view;
mod writer;

use http::Method;
use tonearm_jobs::JobId;
use tonearm_tokens::Claims;
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::{self, Head};

pub(crate) use self::claim::write;
pub(crate) use self::create::create;
pub use self::error::TusError;
use crate::answer::{Answer, Call};
use crate::job_queue::UploadQueue;
use crate::limits::Limits;
use crate::{Error, Platform, garbage_collection};

/// The supported version of the protocol.
pub(crate) const VERSION: &str = "1.0.0";
/// The supported extensions.
const EXTENSIONS: &str =
    "creation,creation-with-upload,termination,expiration,checksum,concatenation";

/// Whether a path is that of uploads or below it.
fn is_below_files(head: &Head) -> bool {
    let mut segments = head.uri().path().trim_matches('/').split('/');
    segments.next() == Some("files")
}

/// Adds the version of the protocol to every response below `/files`.
pub(crate) fn with_version(head: &Head, reply: Reply) -> Reply {
    match is_below_files(head) {
        true => reply::with(reply, "tus-resumable", VERSION),
        false => reply,
    }
}

/// The method of a request. Where proxies refuse `PATCH` and `DELETE`, clients of tus send
/// `POST` with the method in a header.
pub(crate) fn method(head: &Head) -> Method {
    let method = head.method();
    if *method != Method::POST || !is_below_files(head) {
        return method.clone();
    }
    let named = request::header(head, "x-http-method-override");
    let named = named.and_then(|name| Method::from_bytes(name.trim().as_bytes()).ok());
    named.unwrap_or_else(|| method.clone())
}

/// `OPTIONS /files` and `OPTIONS /files/ID`: what the server supports.
pub(crate) fn options<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let limits = Limits::read(call.platform)?;
    let reply = reply::empty(204);
    let reply = reply::with(reply, "tus-version", VERSION);
    let reply = reply::with(reply, "tus-extension", EXTENSIONS);
    let reply = reply::with(reply, "tus-max-size", &limits.file_bytes.to_string());
    let reply = reply::with(reply, "tus-checksum-algorithm", checksum::ALGORITHMS);
    let allow = match call.id {
        "" => "GET, HEAD, OPTIONS, POST",
        _ => "OPTIONS, HEAD, PATCH, DELETE",
    };
    Ok(Answer::Complete(reply::with(reply, "allow", allow)))
}

/// `GET /files`: the user's unfinished uploads, newest first.
pub(crate) fn list<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let uploads = call.platform.queue()?.uploads(&user.sub)?;
    Ok(Answer::Complete(reply::json(
        200,
        &view::UploadListView::new(&uploads),
    )))
}

/// `HEAD /files/ID`: how much of an upload is stored.
pub(crate) fn show<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    header::require_version(call.head)?;
    let id = id(call)?;
    let upload = call.platform.queue()?.upload(id, &user.sub)?;
    let upload = upload.ok_or(TusError::NoSuchUpload)?;
    Ok(Answer::Complete(view::state(&upload)))
}

/// `DELETE /files/ID`.
pub(crate) fn delete<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    header::require_version(call.head)?;
    let id = id(call)?;
    let queue = call.platform.queue()?;
    if !queue.delete_upload(id, &user.sub)? {
        return Err(TusError::NoSuchUpload.into());
    }
    // The upload is deleted even if its blobs have to wait for the next collection.
    garbage_collection::collect(call.platform, &queue);
    Ok(Answer::Complete(reply::empty(204)))
}

/// The id in the path.
fn id<P: Platform>(call: &Call<'_, P>) -> Result<JobId, TusError> {
    JobId::parse(call.id).ok_or(TusError::NoSuchUpload)
}
