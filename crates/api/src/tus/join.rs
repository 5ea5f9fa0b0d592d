//! `POST /files` with `Upload-Concat: final`: joins partial uploads.

use tonearm_blobs::{BlobName, StoredPiece, assemble, delete};
use tonearm_jobs::{
    Concatenated, Concatenation, JobId, NewUpload, Upload, UploadKind, piece_blobs,
};
use tonearm_tokens::{Claims, TokenError};

use super::error::TusError;
use super::stored::{bytes, pieces};
use super::view;
use crate::answer::{Answer, Call};
use crate::job_queue::UploadQueue;
use crate::limits::Limits;
use crate::token_watch::TokenWatch;
use crate::upload::{STAGED, accept_jobs, uploader};
use crate::{Error, JobQueue, Platform};

/// Joins `partials` to the upload `new`, which becomes a job.
pub(super) fn join<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
    limits: &Limits,
    mut new: NewUpload,
    partials: &[JobId],
) -> Result<Answer<'p, P>, Error> {
    let platform = call.platform;
    let mut queue = platform.queue()?;
    let owner = user.sub.clone();
    let parts = match parts(&queue, partials, &owner)? {
        Some(parts) => parts,
        None => return repeated(&queue, partials, &owner),
    };
    new.length = bytes(&parts);
    if new.length > limits.file_bytes {
        return Err(Error::FileTooLarge(limits.file_bytes));
    }
    if parts.len() > tonearm_blobs::MAX_PARTS {
        return Err(TusError::TooManyPieces.into());
    }
    let blob = piece_blobs(new.id, 0).0;
    let name = BlobName::new(blob.clone()).ok_or(TusError::NoSuchUpload)?;
    let files = platform.files()?;
    queue.stage(&[&blob], STAGED)?;
    let token = TokenWatch::new(platform, user.clone());
    let uploader = uploader(call.head, &user);
    let joined = assemble(files, &name, &parts, &new.media_type).map_err(Error::from);
    let names: Vec<_> = parts.iter().map(|part| part.name.to_string()).collect();
    let joined = joined.and_then(|_| {
        let concatenation = Concatenation {
            upload: &new,
            partials,
            blob: &blob,
            parts: &names,
        };
        accept_jobs(platform, &mut queue, &token, |queue| {
            queue.concatenate(&uploader, &concatenation, limits.keep_uploads)
        })
    });
    // After an error, the manifest may belong to a job. If not, it expires.
    let refusal = match joined? {
        Concatenated::Until(expires_ms) => {
            println!("accepted {} ({} bytes, joined)", new.id, new.length);
            let reply = view::expiry(view::created(new.id), expires_ms);
            return Ok(Answer::Complete(reply));
        }
        Concatenated::PartGone => None,
        Concatenated::TooLate => Some(Error::UploadTooSlow),
        Concatenated::NoSuchOwner => Some(TokenError::Revoked.into()),
    };
    if delete(files, &name).is_ok() {
        // Otherwise it is deleted again.
        let _ = queue.forget_blob(&blob);
    }
    match refusal {
        Some(error) => Err(error),
        // The same request may have been answered a moment ago.
        None => repeated(&queue, partials, &owner),
    }
}

/// What the partial uploads consist of, in order; `None` if one is a part already.
fn parts(
    queue: &impl UploadQueue,
    partials: &[JobId],
    owner: &str,
) -> Result<Option<Vec<StoredPiece>>, Error> {
    let mut all = Vec::new();
    for id in partials {
        let Some(partial) = queue.upload(*id, owner)? else {
            return Ok(None);
        };
        let is_complete = |upload: &Upload| upload.offset == upload.length;
        if partial.kind != UploadKind::Partial || !is_complete(&partial) {
            return Err(TusError::PartialsIncomplete.into());
        }
        all.extend(pieces(&partial)?);
    }
    all.retain(|piece| piece.stored.bytes() > 0);
    Ok(Some(all))
}

/// The answer if the same concatenation was made before and its answer was lost.
fn repeated<'p, P: Platform>(
    queue: &P::Queue,
    partials: &[JobId],
    owner: &str,
) -> Result<Answer<'p, P>, Error> {
    let missing = || Error::from(TusError::PartialsIncomplete);
    let first = partials.first().ok_or_else(missing)?;
    let id = queue.final_upload_of(*first, owner)?.ok_or_else(missing)?;
    let upload = queue.upload(id, owner)?.ok_or_else(missing)?;
    if upload.kind != UploadKind::Final(partials.to_vec()) {
        return Err(missing());
    }
    let reply = view::expiry(view::created(id), upload.expires_ms);
    Ok(Answer::Complete(reply))
}
