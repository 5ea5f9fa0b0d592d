//! Ending a claim.

use std::time::Duration;

use crate::{
    AudioTrack, Claim, Failure, Fence, Job, Jobs, JobsError, Mp3, Redis, flag, millis, script,
};

/// How long the files of a converted job are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// The video.
    pub video: Duration,
    /// The MP3; `None` for as long as the job.
    pub mp3: Option<Duration>,
}

impl<R: Redis> Jobs<R> {
    /// Ends a conversion successfully: the job gets `mp3`, both files are kept
    /// according to `retention`, and its email is queued. The blob of the MP3 must
    /// still be [staged](Self::stage).
    pub fn converted(
        &self,
        claim: &Claim,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        self.end_converted(&ConversionClaim::whole(claim), mp3, retention)
    }

    /// Ends a conversion as failed: the user sees `failure` and the `tracks` of the file, as
    /// far as they were found, and gets an email. With `keep_video`, the conversion becomes a dead letter and its video is kept that
    /// long for an operator; without, the video expires at once.
    pub fn failed(
        &self,
        claim: &Claim,
        failure: &Failure,
        tracks: &[AudioTrack],
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        self.end_failed(&ConversionClaim::whole(claim), failure, tracks, keep_video)
    }

    pub(crate) fn end_converted(
        &self,
        claim: &ConversionClaim<'_>,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        let reply = self.eval_int(
            &script::CONVERTED,
            &[
                &claim.job.id.to_string(),
                claim.entry,
                claim.fence,
                &claim.attempt.to_string(),
                &mp3.blob,
                &mp3.bytes.to_string(),
                &millis(mp3.duration),
                &millis(retention.video),
                &millis(retention.mp3.unwrap_or_default()),
                flag(mp3.damage.is_cut_off),
                &mp3.damage.silent_packets.to_string(),
                &millis(mp3.damage.silent),
                &millis(mp3.damage.gaps),
                &json(&mp3.tracks),
                &json(&mp3.track_warnings),
            ],
        )?;
        Ok(Fence::from_reply(reply))
    }

    pub(crate) fn end_failed(
        &self,
        claim: &ConversionClaim<'_>,
        failure: &Failure,
        tracks: &[AudioTrack],
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        let reply = self.eval_int(
            &script::FAILED,
            &[
                &claim.job.id.to_string(),
                claim.entry,
                claim.fence,
                &claim.attempt.to_string(),
                &claim.number.to_string(),
                &failure.code,
                &failure.message,
                flag(keep_video.is_some()),
                &millis(keep_video.unwrap_or_default()),
                &json(tracks),
            ],
        )?;
        Ok(Fence::from_reply(reply))
    }

    /// Ends this attempt; the entry is due again after `pause`.
    pub fn retry_later(
        &self,
        claim: &Claim,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        let reply = self.eval_int(
            &script::RETRY_LATER,
            &[
                &claim.job.id.to_string(),
                claim.queue.kind(),
                &claim.entry,
                &claim.attempt.to_string(),
                &millis(pause),
                &failure.code,
                &failure.message,
            ],
        )?;
        Ok(Fence::from_reply(reply))
    }
}

/// A claim that may end a conversion: on the whole of it, or on its last segment.
pub(crate) struct ConversionClaim<'c> {
    pub(crate) job: &'c Job,
    pub(crate) entry: &'c str,
    /// The field with the segment's attempt; empty for a whole conversion.
    pub(crate) fence: &'c str,
    pub(crate) attempt: u32,
    /// The number of the segment.
    pub(crate) number: u32,
}

impl<'c> ConversionClaim<'c> {
    fn whole(claim: &'c Claim) -> Self {
        Self {
            job: &claim.job,
            entry: &claim.entry,
            fence: "",
            attempt: claim.attempt,
            number: 0,
        }
    }
}

/// Texts and numbers, whose serialization cannot fail.
fn json<T: serde::Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}
