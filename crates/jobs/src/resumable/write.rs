//! Writing a resumable upload.

use std::time::Duration;

use super::record::{self, Upload};
use crate::script::Script;
use crate::{JobId, Jobs, JobsError, Redis, millis, script};

/// The outcome of [`Jobs::claim_upload`].
#[derive(Debug, Clone, PartialEq)]
pub enum UploadClaim {
    /// The caller is its writer.
    Claimed(Box<Upload>),
    /// All of it is stored.
    Complete(Box<Upload>),
    /// The owner has no such upload.
    Missing,
    /// It was joined from others and cannot be written.
    Final,
    /// Somebody else writes it.
    Locked,
    /// It continues at this offset.
    WrongOffset(u64),
    /// It was interrupted too often.
    TooManyPieces,
}

/// Fences off a writer whose claim is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadFence {
    /// The upload.
    pub id: JobId,
    /// The number of the claim.
    pub epoch: u32,
}

/// What a writer has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadCheckpoint {
    /// Bytes of the upload.
    pub offset: u64,
    /// The number of the writer's piece.
    pub piece: u32,
    /// What is stored of the piece.
    pub stored: String,
    /// The state of the writer.
    pub writer: String,
}

/// The outcome of [`Jobs::finish_upload`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The job is recorded and queued.
    Done,
    /// The claim is lost, or the upload is deleted.
    Lost,
    /// A blob may have been deleted as garbage.
    TooLate,
    /// The account is deleted.
    NoSuchOwner,
}

impl<R: Redis> Jobs<R> {
    /// Claims the upload `id` of `owner` for a writer that continues at `offset`, for
    /// `lease`. Its pieces, one that begins now included, are staged until the upload
    /// expires, `lifetime` from now.
    pub fn claim_upload(
        &self,
        id: JobId,
        owner: &str,
        offset: u64,
        lease: Duration,
        lifetime: Duration,
    ) -> Result<UploadClaim, JobsError> {
        let script = &script::CLAIM_UPLOAD;
        let (lease, lifetime) = (millis(lease), millis(lifetime));
        let arguments = [
            &*id.to_string(),
            owner,
            &offset.to_string(),
            &lease,
            &lifetime,
        ];
        let reply = self.eval(script, &arguments)?;
        let outcome = reply.first().and_then(crate::Value::text);
        let fields = reply.get(1..).unwrap_or_default();
        let upload = || record::parse(id, fields).map(|upload| upload.map(Box::new));
        let claim = match outcome.as_deref() {
            Some("claimed") => upload()?.map(UploadClaim::Claimed),
            Some("complete") => upload()?.map(UploadClaim::Complete),
            Some("missing") => Some(UploadClaim::Missing),
            Some("final") => Some(UploadClaim::Final),
            Some("locked") => Some(UploadClaim::Locked),
            Some("pieces") => Some(UploadClaim::TooManyPieces),
            Some("offset") => {
                let offset = fields.first().and_then(crate::Value::int);
                let offset = offset.and_then(|offset| u64::try_from(offset).ok());
                offset.map(UploadClaim::WrongOffset)
            }
            _ => None,
        };
        claim.ok_or_else(|| script.unexpected(reply))
    }

    /// Extends the lease of a writer. Returns when the upload expires, in milliseconds since
    /// 1970, or `None` if the claim is lost.
    pub fn renew_upload(
        &self,
        fence: UploadFence,
        lease: Duration,
        lifetime: Duration,
    ) -> Result<Option<u64>, JobsError> {
        let (lease, lifetime) = (millis(lease), millis(lifetime));
        self.extend(&script::RENEW_UPLOAD, fence, [&lease, &lifetime], &[])
    }

    /// Ends the claim of a writer that has stopped, without a checkpoint. Returns as
    /// [`renew_upload`](Self::renew_upload) does.
    pub fn release_upload(
        &self,
        fence: UploadFence,
        lifetime: Duration,
    ) -> Result<Option<u64>, JobsError> {
        let lifetime = millis(lifetime);
        self.extend(&script::RENEW_UPLOAD, fence, ["", &lifetime], &[])
    }

    /// Records what the writer has stored, and extends its lease; without a `lease`, ends the
    /// claim of a writer that has stopped. Only a partial upload may be complete by a
    /// checkpoint. Returns as [`renew_upload`](Self::renew_upload) does.
    ///
    /// # Errors
    /// On an error the outcome is unknown, and the call may be repeated.
    pub fn checkpoint_upload(
        &self,
        fence: UploadFence,
        checkpoint: &UploadCheckpoint,
        lease: Option<Duration>,
        lifetime: Duration,
    ) -> Result<Option<u64>, JobsError> {
        let lease = lease.map_or(String::new(), millis);
        let arguments = [
            &*checkpoint.offset.to_string(),
            &checkpoint.piece.to_string(),
            &checkpoint.stored,
            &checkpoint.writer,
        ];
        let times = [&*lease, &millis(lifetime)];
        self.extend(&script::CHECKPOINT_UPLOAD, fence, times, &arguments)
    }

    fn extend(
        &self,
        script: &Script,
        fence: UploadFence,
        times: [&str; 2],
        arguments: &[&str],
    ) -> Result<Option<u64>, JobsError> {
        let (id, epoch) = (fence.id.to_string(), fence.epoch.to_string());
        let all = [&[&*id, &epoch, times[0], times[1]], arguments].concat();
        let reply = self.eval_int(script, &all)?;
        Ok(u64::try_from(reply).ok().filter(|until| *until > 0))
    }

    /// Ends an upload, of which everything is stored: it becomes a job, whose video is `blob`,
    /// which refers to `parts`.
    ///
    /// # Errors
    /// On an error the outcome is unknown. Call it again: no job is recorded twice.
    pub fn finish_upload(
        &self,
        fence: UploadFence,
        blob: &str,
        parts: &[String],
        lifetime: Duration,
    ) -> Result<Finished, JobsError> {
        let (id, epoch) = (fence.id.to_string(), fence.epoch.to_string());
        let arguments = [&*id, &epoch, &millis(lifetime), blob, &parts.join(" ")];
        Ok(match self.eval_int(&script::FINISH_UPLOAD, &arguments)? {
            0 => Finished::Lost,
            -1 => Finished::TooLate,
            -2 => Finished::NoSuchOwner,
            _ => Finished::Done,
        })
    }
}
