//! `POST /files`: creates an upload, perhaps with its first bytes.

use tonearm_jobs::{CreatedUpload, JobId, NewUpload, UploadClaim};
use tonearm_tokens::{Claims, TokenError};

use super::checksum::Checksum;
use super::claim::LEASE;
use super::concat::Concat;
use super::error::TusError;
use super::metadata::Metadata;
use super::writer::{Purpose, UploadWriter};
use super::{header, join, view};
use crate::answer::{Answer, Call};
use crate::job_queue::UploadQueue;
use crate::limits::Limits;
use crate::{Error, Platform, upload};

/// `POST /files`.
pub(crate) fn create<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let (platform, head) = (call.platform, call.head);
    header::require_version(head)?;
    let limits = Limits::read(platform)?;
    let metadata = Metadata::of(head)?;
    let concat = Concat::of(head)?;
    let mut new = NewUpload {
        id: JobId::generate(),
        name: metadata.file_name(),
        media_type: metadata.media_type(),
        options: metadata.options(platform)?,
        batch: metadata.batch(),
        metadata: metadata.raw,
        length: 0,
        is_partial: concat == Some(Concat::Partial),
    };
    if let Some(Concat::Final(partials)) = concat {
        return join::join(call, user, &limits, new, &partials);
    }
    new.length = header::length(head)?;
    if new.length == 0 {
        return Err(Error::EmptyFile { name: new.name });
    }
    if new.length > limits.file_bytes {
        return Err(Error::FileTooLarge(limits.file_bytes));
    }
    let has_bytes = header::has_bytes(head);
    let checksum = Checksum::of(head)?.filter(|_| has_bytes);
    if has_bytes && header::content_length(head) > Some(new.length) {
        return Err(TusError::BeyondLength(new.length).into());
    }
    let queue = platform.queue()?;
    let uploader = upload::uploader(head, &user);
    let lifetime = limits.keep_uploads;
    let expires_ms = match queue.create_upload(&uploader, &new, limits.active_jobs, lifetime)? {
        CreatedUpload::Until(expires_ms) => expires_ms,
        CreatedUpload::TooManyActive => return Err(Error::TooManyJobs(limits.active_jobs)),
        CreatedUpload::NoSuchOwner => return Err(TokenError::Revoked.into()),
    };
    if !has_bytes {
        let reply = view::expiry(view::created(new.id), expires_ms);
        return Ok(Answer::Complete(reply));
    }
    let claim = queue.claim_upload(new.id, &user.sub, 0, LEASE, lifetime)?;
    let UploadClaim::Claimed(upload) = claim else {
        return Err(TusError::NoSuchUpload.into());
    };
    let writer = UploadWriter::new(
        call,
        user,
        limits,
        queue,
        *upload,
        checksum,
        Purpose::Create,
    )?;
    Ok(Answer::ReadBody(Box::new(writer)))
}
