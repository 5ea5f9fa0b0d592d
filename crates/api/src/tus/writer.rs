//! Stores the body of one request in an upload.
//!
//! A checkpoint first stores everything written so far and then records it in one step on
//! the queue, which fences. It never records the last byte of a file: only the step that
//! creates the job does, so an upload at its full length is a job.

use std::time::Duration;

use tonearm_jobs::{Finished, JobsError, Upload, UploadKind};
use tonearm_tokens::{Claims, TokenError};
use tonearm_web::reply::{self, Reply};

use super::checksum::Checksum;
use super::claim::LEASE;
use super::error::TusError;
use super::stored::StoredUpload;
use super::view;
use crate::answer::Call;
use crate::job_queue::UploadQueue;
use crate::limits::Limits;
use crate::token_watch::TokenWatch;
use crate::upload::{RESTAGE, accept_jobs, repeat};
use crate::{BodyReader, Error, Platform, Progress};

/// Bytes after which there is a checkpoint at the latest.
const CHECKPOINT_BYTES: u64 = 8 * 1024 * 1024;
/// Time after which there is a checkpoint at the latest, while bytes arrive.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(2);
/// A writer that was quiet for this long asks whether the upload is still its own before it
/// stores another byte.
const MAX_QUIET: Duration = Duration::from_secs(4);

/// What the request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It creates the upload. Until it is answered, the client hardly knows the upload, so
    /// one that fails before is deleted, unless somebody took it over.
    Create,
    /// It continues the upload.
    Continue,
}

impl Purpose {
    /// Ends the claim on the upload where its last checkpoint is.
    fn give_up(self, queue: &impl UploadQueue, upload: &Upload, lifetime: Duration) {
        let fence = upload.fence();
        let ended = match self {
            Self::Continue => queue.release_upload(fence, lifetime).map(|_| ()),
            Self::Create => queue.abandon_upload(fence, &upload.owner).map(|_| ()),
        };
        if let Err(error) = ended {
            eprintln!("the upload {} is released later: {error}", fence.id);
        }
    }
}

/// The writer of an upload.
pub(super) struct UploadWriter<'p, P: Platform> {
    platform: &'p P,
    queue: P::Queue,
    token: TokenWatch<'p, P>,
    lifetime: Duration,
    upload: Upload,
    purpose: Purpose,
    stored: StoredUpload<'p, P::Files>,
    checksum: Option<Checksum>,
    /// Offset of the last checkpoint.
    saved: u64,
    /// When the lease was last extended, on the monotonic clock.
    renewed_at: Duration,
    /// When the token was last checked.
    checked_at: Duration,
    expires_ms: u64,
}

impl<'p, P: Platform> UploadWriter<'p, P> {
    /// Continues a claimed upload at its offset.
    pub(super) fn new(
        call: &Call<'p, P>,
        user: Claims,
        limits: Limits,
        queue: P::Queue,
        upload: Upload,
        checksum: Option<Checksum>,
        purpose: Purpose,
    ) -> Result<Self, Error> {
        let platform = call.platform;
        let files = platform.files();
        let opened = files.and_then(|files| StoredUpload::open(files, &upload, limits.chunk_bytes));
        // Nothing was written, so the next writer need not wait for the lease.
        let stored =
            opened.inspect_err(|_| purpose.give_up(&queue, &upload, limits.keep_uploads))?;
        let now = platform.monotonic_time();
        Ok(Self {
            platform,
            queue,
            token: TokenWatch::new(platform, user),
            lifetime: limits.keep_uploads,
            purpose,
            stored,
            checksum,
            saved: upload.offset,
            renewed_at: now,
            checked_at: now,
            expires_ms: upload.expires_ms,
            upload,
        })
    }

    /// Whether the next step is the one that creates the job.
    fn is_whole(&self) -> bool {
        self.stored.offset() == self.upload.length && self.upload.kind != UploadKind::Partial
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.stored.offset() + bytes.len() as u64 > self.upload.length {
            return Err(TusError::BeyondLength(self.upload.length).into());
        }
        if self.quiet() > MAX_QUIET {
            self.renew()?;
        }
        self.stored.write(bytes)?;
        if let Some(checksum) = &mut self.checksum {
            checksum.update(bytes);
        }
        let is_due = self.quiet() >= CHECKPOINT_INTERVAL;
        if self.checksum.is_some() || self.is_whole() {
            return match is_due {
                true => self.renew(),
                false => Ok(()),
            };
        }
        match is_due || self.stored.offset() - self.saved >= CHECKPOINT_BYTES {
            true => self.checkpoint(Some(LEASE)),
            false => Ok(()),
        }
    }

    /// Time since the lease was extended.
    fn quiet(&self) -> Duration {
        self.platform
            .monotonic_time()
            .saturating_sub(self.renewed_at)
    }

    /// Extends the lease without a checkpoint.
    fn renew(&mut self) -> Result<(), Error> {
        let (fence, lifetime) = (self.upload.fence(), self.lifetime);
        let renewed = self.on_queue(|queue| queue.renew_upload(fence, LEASE, lifetime))?;
        self.extended(renewed)
    }

    /// Stores everything written so far and records it; without a `lease`, for the last time.
    fn checkpoint(&mut self, lease: Option<Duration>) -> Result<(), Error> {
        let checkpoint = self.stored.checkpoint(&self.upload)?;
        let (fence, lifetime) = (self.upload.fence(), self.lifetime);
        let recorded =
            self.on_queue(|queue| queue.checkpoint_upload(fence, &checkpoint, lease, lifetime))?;
        self.extended(recorded)?;
        self.saved = checkpoint.offset;
        Ok(())
    }

    fn extended(&mut self, expires_ms: Option<u64>) -> Result<(), Error> {
        self.expires_ms = expires_ms.ok_or(TusError::Locked)?;
        self.renewed_at = self.platform.monotonic_time();
        if self.renewed_at.saturating_sub(self.checked_at) > RESTAGE {
            self.token.check()?;
            self.checked_at = self.renewed_at;
        }
        Ok(())
    }

    fn on_queue<T>(
        &mut self,
        step: impl Fn(&P::Queue) -> Result<T, JobsError>,
    ) -> Result<T, Error> {
        repeat(self.platform, &mut self.queue, step).map_err(|error| match error {
            // Whatever was recorded is true, and the client asks for it.
            Error::UploadInDoubt(error) => Error::QueueUnavailable(error),
            error => error,
        })
    }

    /// Ends the request where the last checkpoint is.
    fn stop(&mut self) {
        self.purpose
            .give_up(&self.queue, &self.upload, self.lifetime);
    }

    /// Ends the request after `error`. A write to the store that failed may still take effect
    /// later. The lease then has to expire, so that the next writer begins a piece of its own.
    fn fail(&mut self, error: &Error) {
        if self.purpose == Purpose::Create || !matches!(error, Error::Files(_)) {
            self.stop();
        }
    }

    /// Creates the job.
    fn create_job(&mut self) -> Result<(), Error> {
        let video = self.stored.assemble(&self.upload)?;
        let (fence, lifetime) = (self.upload.fence(), self.lifetime);
        let finished = accept_jobs(self.platform, &mut self.queue, &self.token, |queue| {
            queue.finish_upload(fence, &video.blob, &video.parts, lifetime)
        });
        match finished? {
            Finished::Done => {}
            Finished::Lost => return Err(TusError::Locked.into()),
            Finished::TooLate => return Err(Error::UploadTooSlow),
            Finished::NoSuchOwner => return Err(TokenError::Revoked.into()),
        }
        let Upload { id, length, .. } = &self.upload;
        println!("accepted {id} ({length} bytes)");
        self.saved = *length;
        Ok(())
    }
}

impl<P: Platform> BodyReader for UploadWriter<'_, P> {
    fn push(&mut self, piece: Vec<u8>) -> Result<Progress, Error> {
        self.write(&piece).inspect_err(|error| self.fail(error))?;
        Ok(Progress::NeedMore)
    }

    fn end(&mut self) -> Result<Progress, Error> {
        if self
            .checksum
            .take()
            .is_some_and(|checksum| !checksum.matches())
        {
            self.stop();
            return Err(TusError::ChecksumMismatch.into());
        }
        Ok(Progress::Complete)
    }

    fn interrupt(&mut self, reason: String) -> Error {
        let kept = match (self.purpose, &self.checksum) {
            (Purpose::Continue, None) if self.is_whole() => self.create_job(),
            (Purpose::Continue, None) => self.checkpoint(None),
            _ => {
                self.stop();
                Ok(())
            }
        };
        if let Err(error) = kept {
            eprintln!("an interrupted upload: {error}");
            self.fail(&error);
        }
        TusError::Interrupted(reason).into()
    }

    fn finish(mut self: Box<Self>) -> Result<Reply, Error> {
        let result = match self.is_whole() {
            true => self.create_job(),
            false => self.checkpoint(None),
        };
        if let Err(error) = result {
            // In doubt, the job may exist, or the upload expires.
            if !matches!(error, Error::UploadInDoubt(_)) {
                self.fail(&error);
            }
            return Err(error);
        }
        let reply = match self.purpose {
            Purpose::Create => view::created(self.upload.id),
            Purpose::Continue => reply::empty(204),
        };
        Ok(view::progress(
            reply,
            &self.upload,
            self.saved,
            self.expires_ms,
        ))
    }
}
