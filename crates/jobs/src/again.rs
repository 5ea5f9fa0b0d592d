//! What the owner of a job changes: its name, and the options of its conversion.

use tonearm_options::Options;

use crate::{JobId, Jobs, JobsError, Redis, script};

/// The outcome of [`Jobs::convert_again`]. All but the first change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The conversion is queued.
    Queued,
    /// The owner has no such job.
    NoSuchJob,
    /// The video is not kept any more.
    VideoGone,
    /// The conversion has not ended.
    Unfinished,
    /// The owner has too many unfinished jobs.
    TooManyActive,
    /// The account is deleted.
    NoSuchOwner,
}

impl<R: Redis> Jobs<R> {
    /// Converts the ended job `id` of `owner` again with `options`, while its video is
    /// [kept](crate::Job::video_kept_until_ms). The job has its MP3 until there is another
    /// one, also if the conversion fails. No other email is sent about it; one that has not
    /// been sent is about the new result. A user may have at most `max_active` unfinished jobs.
    pub fn convert_again(
        &self,
        id: JobId,
        owner: &str,
        options: &Options,
        max_active: u64,
        traceparent: &str,
    ) -> Result<Again, JobsError> {
        let reply = self.eval_int(
            &script::CONVERT_AGAIN,
            &[
                &id.to_string(),
                owner,
                // Numbers and texts, whose serialization cannot fail.
                &serde_json::to_string(options).unwrap_or_default(),
                &max_active.to_string(),
                traceparent,
            ],
        )?;
        Ok(match reply {
            1 => Again::Queued,
            -1 => Again::VideoGone,
            -2 => Again::Unfinished,
            -3 => Again::TooManyActive,
            -4 => Again::NoSuchOwner,
            _ => Again::NoSuchJob,
        })
    }

    /// Gives the job `id` of `owner` another name. Returns whether `owner` has such a job.
    pub fn rename(&self, id: JobId, owner: &str, name: &str) -> Result<bool, JobsError> {
        let reply = self.eval_int(&script::RENAME, &[&id.to_string(), owner, name])?;
        Ok(reply == 1)
    }
}
