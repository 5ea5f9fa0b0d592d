//! Resumable uploads: files that arrive in several requests.
//!
//! An upload has the id of the job that it becomes. One client at a time writes it, under a
//! lease and with a fence like a worker's. A *checkpoint* records what the file store
//! certainly has, and its offset is the only one that clients learn.
//!
//! A writer that has [released](Jobs::release_upload) its claim has stopped, and the next one
//! continues its blob. A writer whose lease has expired may be paused in the middle of a
//! write, so the next one starts a *piece*, a blob of its own: no blob has two writers. The
//! blobs of all pieces are staged until the upload becomes a job.

mod concatenate;
mod record;
mod write;

pub use concatenate::{Concatenated, Concatenation};
pub use record::{Upload, UploadKind};
pub use write::{Finished, UploadCheckpoint, UploadClaim, UploadFence};

use std::time::Duration;

use tonearm_options::Options;

use crate::{JobId, Jobs, JobsError, Redis, Uploader, flag, keys, millis, script};

/// The blob of the piece with this number, and the blob that refers to all pieces up to this
/// one. The first piece is both.
///
/// Only the writers of the piece store the latter. A writer that was superseded in its last
/// step therefore cannot replace the one of its successor.
pub fn piece_blobs(id: JobId, piece: u32) -> (String, String) {
    match piece {
        0 => (format!("video/{id}"), format!("video/{id}")),
        _ => (
            format!("video/{id}-{piece}"),
            format!("video/{id}-{piece}-joined"),
        ),
    }
}

/// An upload that is to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUpload {
    /// The id of the upload and of its job.
    pub id: JobId,
    /// The name of the file.
    pub name: String,
    /// The media type of the file.
    pub media_type: String,
    /// The conversion options.
    pub options: Options,
    /// What the client says about the upload, kept as it is.
    pub metadata: String,
    /// The batch that it is in: the jobs of a batch get one email, once nothing in it is
    /// unfinished. The client chooses the name.
    pub batch: Option<String>,
    /// Length in bytes.
    pub length: u64,
    /// Whether it becomes a part of another upload.
    pub is_partial: bool,
}

/// The outcome of [`Jobs::create_upload`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatedUpload {
    /// It exists until this time, in milliseconds since 1970.
    Until(u64),
    /// The user has too many unfinished jobs and uploads.
    TooManyActive,
    /// The account is deleted.
    NoSuchOwner,
}

impl<R: Redis> Jobs<R> {
    /// Creates an upload that expires `lifetime` after its last checkpoint. The user may have
    /// at most `max_active` unfinished jobs and uploads.
    ///
    /// # Errors
    /// On an error the outcome is unknown. A repeated call creates nothing twice.
    pub fn create_upload(
        &self,
        uploader: &Uploader,
        upload: &NewUpload,
        max_active: u64,
        lifetime: Duration,
    ) -> Result<CreatedUpload, JobsError> {
        let mut arguments = vec![
            upload.id.to_string(),
            uploader.owner.clone(),
            max_active.to_string(),
            millis(lifetime),
        ];
        let kind = if upload.is_partial { "partial" } else { "" };
        // Numbers and texts, whose serialization cannot fail.
        let options = serde_json::to_string(&upload.options).unwrap_or_default();
        let length = upload.length.to_string();
        for (field, value) in [
            ("username", &*uploader.username),
            ("notify", flag(uploader.notify)),
            ("confirmed", flag(uploader.is_confirmed)),
            ("traceparent", &uploader.traceparent),
            ("name", &upload.name),
            ("media_type", &upload.media_type),
            ("options", &options),
            ("metadata", &upload.metadata),
            ("length", &length),
            ("concat", kind),
        ] {
            arguments.extend([field.to_owned(), value.to_owned()]);
        }
        if let Some(batch) = &upload.batch {
            arguments.extend(["batch".to_owned(), batch.clone()]);
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let reply = self.eval_int(&script::CREATE_UPLOAD, &arguments)?;
        Ok(match u64::try_from(reply) {
            Ok(0) => CreatedUpload::TooManyActive,
            Ok(until) => CreatedUpload::Until(until),
            Err(_) => CreatedUpload::NoSuchOwner,
        })
    }

    /// The upload `id`, if `owner` has it; `None` also for one that has become a part of
    /// another.
    pub fn upload(&self, id: JobId, owner: &str) -> Result<Option<Upload>, JobsError> {
        let reply = self.redis.run("HGETALL", &[&keys::upload(id)])?;
        let upload = record::parse(id, &reply)?;
        Ok(upload.filter(|upload| upload.owner == owner))
    }

    /// The unfinished uploads of `owner`, newest first.
    pub fn uploads(&self, owner: &str) -> Result<Vec<Upload>, JobsError> {
        let reply = self.eval(&script::LIST_UPLOADS, &[owner])?;
        let Some(mut uploads) = record::parse_list(&reply) else {
            return Err(script::LIST_UPLOADS.unexpected(reply));
        };
        uploads.sort_by_key(|upload| std::cmp::Reverse(upload.id));
        Ok(uploads)
    }

    /// Deletes the upload `id` of `owner`, or the job that it became. Returns whether `owner`
    /// had such an upload.
    pub fn delete_upload(&self, id: JobId, owner: &str) -> Result<bool, JobsError> {
        let reply = self.eval_int(&script::DELETE_UPLOAD, &[&id.to_string(), owner, ""])?;
        Ok(reply == 1)
    }

    /// Deletes the upload that a writer began, unless another one took it over or it became a
    /// job.
    pub fn abandon_upload(&self, fence: UploadFence, owner: &str) -> Result<bool, JobsError> {
        let (id, epoch) = (fence.id.to_string(), fence.epoch.to_string());
        let reply = self.eval_int(&script::DELETE_UPLOAD, &[&id, owner, &epoch])?;
        Ok(reply == 1)
    }
}
