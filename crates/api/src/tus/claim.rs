//! `PATCH /files/ID`: writes to an upload.

use std::time::Duration;

use tonearm_jobs::UploadClaim;
use tonearm_tokens::Claims;
use tonearm_web::reply;

use super::checksum::Checksum;
use super::error::TusError;
use super::writer::{Purpose, UploadWriter};
use super::{header, view};
use crate::answer::{Answer, Call};
use crate::job_queue::UploadQueue;
use crate::limits::Limits;
use crate::{Error, Platform};

/// How long a writer has an upload without a sign of life.
pub(super) const LEASE: Duration = Duration::from_secs(6);

/// `PATCH /files/ID`.
pub(crate) fn write<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let head = call.head;
    header::require_version(head)?;
    let id = super::id(call)?;
    if !header::has_bytes(head) {
        return Err(TusError::MediaType.into());
    }
    let offset = header::offset(head)?;
    let checksum = Checksum::of(head)?;
    let limits = Limits::read(call.platform)?;
    let queue = call.platform.queue()?;
    let announced = header::content_length(head);
    let upload = match queue.claim_upload(id, &user.sub, offset, LEASE, limits.keep_uploads)? {
        UploadClaim::Claimed(upload) => *upload,
        UploadClaim::Complete(upload) if announced > Some(0) => {
            return Err(TusError::BeyondLength(upload.length).into());
        }
        // The last answer was lost, and the request is repeated.
        UploadClaim::Complete(upload) => {
            let reply = reply::empty(204);
            let reply = view::progress(reply, &upload, upload.offset, upload.expires_ms);
            return Ok(Answer::Complete(reply));
        }
        UploadClaim::Missing => return Err(TusError::NoSuchUpload.into()),
        UploadClaim::Final => return Err(TusError::Final.into()),
        UploadClaim::Locked => return Err(TusError::Locked.into()),
        UploadClaim::WrongOffset(offset) => return Err(TusError::WrongOffset(offset).into()),
        UploadClaim::TooManyPieces => return Err(TusError::TooManyPieces.into()),
    };
    if announced > Some(upload.length - upload.offset) {
        queue.release_upload(upload.fence(), limits.keep_uploads)?;
        return Err(TusError::BeyondLength(upload.length).into());
    }
    let writer = UploadWriter::new(
        call,
        user,
        limits,
        queue,
        upload,
        checksum,
        Purpose::Continue,
    )?;
    Ok(Answer::ReadBody(Box::new(writer)))
}
