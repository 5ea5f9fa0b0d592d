//! Joining partial uploads.

use std::time::Duration;

use super::NewUpload;
use crate::{JobId, Jobs, JobsError, Redis, Uploader, flag, keys, millis, script};

/// A final upload, joined from partial ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Concatenation<'c> {
    /// The final upload, with the length of all parts.
    pub upload: &'c NewUpload,
    /// The partial uploads, in order.
    pub partials: &'c [JobId],
    /// Name of its blob, which must be [staged](Jobs::stage).
    pub blob: &'c str,
    /// Names of the blobs that it refers to: the pieces of the partial uploads.
    pub parts: &'c [String],
}

/// The outcome of [`Jobs::concatenate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concatenated {
    /// The job is recorded and queued; the record of its upload exists until this time, in
    /// milliseconds since 1970.
    Until(u64),
    /// A partial upload is incomplete, deleted, or a part of another upload.
    PartGone,
    /// A blob may have been deleted as garbage.
    TooLate,
    /// The account is deleted.
    NoSuchOwner,
}

impl<R: Redis> Jobs<R> {
    /// Joins partial uploads, each of which is complete, to a final one, which becomes a job.
    /// The partial ones end.
    ///
    /// # Errors
    /// On an error the outcome is unknown. Call it again: no job is recorded twice.
    pub fn concatenate(
        &self,
        uploader: &Uploader,
        concatenation: &Concatenation<'_>,
        lifetime: Duration,
    ) -> Result<Concatenated, JobsError> {
        let upload = concatenation.upload;
        let partials: Vec<_> = concatenation
            .partials
            .iter()
            .map(JobId::to_string)
            .collect();
        // Numbers and texts, whose serialization cannot fail.
        let options = serde_json::to_string(&upload.options).unwrap_or_default();
        let reply = self.eval_int(
            &script::CONCATENATE,
            &[
                &upload.id.to_string(),
                &uploader.owner,
                &millis(lifetime),
                &upload.length.to_string(),
                &uploader.username,
                &upload.name,
                &upload.media_type,
                &options,
                &uploader.traceparent,
                flag(uploader.notify),
                flag(uploader.is_confirmed),
                &upload.metadata,
                upload.batch.as_deref().unwrap_or_default(),
                concatenation.blob,
                &concatenation.parts.join(" "),
                &partials.join(" "),
            ],
        )?;
        Ok(match reply {
            0 => Concatenated::PartGone,
            -1 => Concatenated::TooLate,
            -2 => Concatenated::NoSuchOwner,
            until => Concatenated::Until(u64::try_from(until).unwrap_or(0)),
        })
    }

    /// The final upload that the partial upload `id` of `owner` has become a part of, if it
    /// has.
    pub fn final_upload_of(&self, id: JobId, owner: &str) -> Result<Option<JobId>, JobsError> {
        let arguments = [&*keys::upload(id), "owner", "consumed"];
        let reply = self.redis.run("HMGET", &arguments)?;
        match reply.as_slice() {
            [of, consumed] if of.text().as_deref() == Some(owner) => {
                Ok(consumed.text().and_then(|id| JobId::parse(&id)))
            }
            _ => Ok(None),
        }
    }
}
