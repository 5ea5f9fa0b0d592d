//! Accepting uploads.

use tonearm_options::Options;

use crate::{JobId, Jobs, JobsError, Redis, flag, script};

/// The user of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploader {
    /// The account's id, `sub` in the token.
    pub owner: String,
    /// The email address.
    pub username: String,
    /// Whether emails about the jobs may be sent to it. What `tonearm-account-state`
    /// records of the account takes precedence.
    pub notify: bool,
    /// Whether the owner of the address has confirmed it, as far as known.
    pub is_confirmed: bool,
    /// W3C trace context of the request, empty if it had none.
    pub traceparent: String,
}

/// A stored file that becomes a job.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The id of the job and of its file.
    pub id: JobId,
    /// The name of the file in the upload.
    pub name: String,
    /// The media type in the upload.
    pub media_type: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Name of the blob, which must be [staged](Jobs::stage).
    pub blob: String,
    /// The conversion options.
    pub options: Options,
}

/// The outcome of [`Jobs::accept`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// All jobs are recorded and queued.
    All,
    /// No job was recorded: the user has too many unfinished jobs.
    TooManyActive,
    /// No job was recorded: the upload took so long that its blobs may have been
    /// deleted as garbage.
    TooLate,
    /// No job was recorded: the account is deleted.
    NoSuchOwner,
}

impl<R: Redis> Jobs<R> {
    /// Records `files` as jobs, queues them and notifies the workers: all or none.
    /// They are one upload and get one email. A user may have at most `max_active` unfinished jobs
    /// and resumable uploads.
    ///
    /// # Errors
    /// On an error the outcome is unknown, since the reply may have been lost. Call it
    /// again: files that are accepted already are not accepted twice.
    pub fn accept(
        &self,
        uploader: &Uploader,
        files: &[NewJob],
        max_active: u64,
    ) -> Result<Accepted, JobsError> {
        let mut arguments = vec![
            uploader.owner.clone(),
            uploader.username.clone(),
            max_active.to_string(),
            uploader.traceparent.clone(),
            flag(uploader.notify).to_owned(),
            flag(uploader.is_confirmed).to_owned(),
        ];
        for file in files {
            arguments.extend([
                file.id.to_string(),
                file.name.clone(),
                file.media_type.clone(),
                file.bytes.to_string(),
                file.blob.clone(),
                // Numbers and texts, whose serialization cannot fail.
                serde_json::to_string(&file.options).unwrap_or_default(),
            ]);
        }
        let accepted = self.eval_int(
            &script::ACCEPT,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )?;
        Ok(match accepted {
            0 if !files.is_empty() => Accepted::TooManyActive,
            -1 => Accepted::TooLate,
            -2 => Accepted::NoSuchOwner,
            _ => Accepted::All,
        })
    }

    /// The number of unfinished jobs and resumable uploads of `owner`, so that an upload can
    /// be refused before its bytes are read.
    pub fn active(&self, owner: &str) -> Result<u64, JobsError> {
        let active = self.eval_int(&script::ACTIVE, &[owner])?;
        Ok(u64::try_from(active).unwrap_or(0))
    }
}
