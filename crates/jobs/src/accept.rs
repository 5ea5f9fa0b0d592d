//! Accepting uploads.

use tonearm_options::Options;

use crate::{JobId, Jobs, JobsError, Message, Queue, Redis, keys, script};

/// Whose upload it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploader {
    /// The account's id, `sub` in the token.
    pub owner: String,
    /// The email address to write to.
    pub username: String,
    /// W3C trace context of the request, empty where there is none.
    pub traceparent: String,
}

/// A file that has been stored and is to become a job.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The id of the job and of its file.
    pub id: JobId,
    /// The file's name as the user gave it.
    pub name: String,
    /// The media type as the user gave it.
    pub media_type: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Name of the blob, which must be [staged](Jobs::stage).
    pub blob: String,
    /// How it is to be converted.
    pub options: Options,
}

/// What came of [`Jobs::accept`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// All jobs are recorded and queued.
    All,
    /// None is: the user has too many unfinished jobs.
    TooManyActive,
    /// None is: the upload took so long that its blobs may have been swept.
    TooLate,
}

impl<R: Redis> Jobs<R> {
    /// Records `files` as jobs, queues them and rings the bell, all or none.
    /// A user may have at most `max_active` unfinished jobs.
    ///
    /// On an error the outcome is unknown (the answer may have been lost on its
    /// way). Ask again: what is accepted already is accepted once.
    pub fn accept(
        &self,
        uploader: &Uploader,
        files: &[NewJob],
        max_active: u64,
    ) -> Result<Accepted, JobsError> {
        let mut arguments = vec![
            keys::JOB_PREFIX.to_owned(),
            uploader.owner.clone(),
            uploader.username.clone(),
            max_active.to_string(),
            Queue::Convert.channel().to_owned(),
            uploader.traceparent.clone(),
        ];
        for file in files {
            let message = Message {
                video_fid: Some(file.id.to_string()),
                mp3_fid: None,
                username: Some(uploader.username.clone()),
                traceparent: Some(uploader.traceparent.clone()).filter(|t| !t.is_empty()),
            };
            arguments.extend([
                file.id.to_string(),
                file.name.clone(),
                file.media_type.clone(),
                file.bytes.to_string(),
                file.blob.clone(),
                message.to_json(),
                // Numbers and texts: serialising them has no way to fail.
                serde_json::to_string(&file.options).unwrap_or_default(),
            ]);
        }
        let accepted = self.eval_int(
            script::ACCEPT,
            &[
                &keys::stream(Queue::Convert),
                &keys::owner_jobs(&uploader.owner),
                &keys::owner_active(&uploader.owner),
                keys::SWEEP,
            ],
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )?;
        Ok(match accepted {
            0 if !files.is_empty() => Accepted::TooManyActive,
            -1 => Accepted::TooLate,
            _ => Accepted::All,
        })
    }

    /// How many unfinished jobs `owner` has: to refuse an upload before its
    /// bytes come in rather than after.
    pub fn active(&self, owner: &str) -> Result<u64, JobsError> {
        let answer = self.redis.run("SCARD", &[&keys::owner_active(owner)])?;
        match answer.as_slice() {
            [one] => one.int().and_then(|n| u64::try_from(n).ok()),
            _ => None,
        }
        .ok_or(JobsError::Answer {
            script: "SCARD",
            answer,
        })
    }
}
