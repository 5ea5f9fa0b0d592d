//! Ending a claim, well or not.

use std::time::Duration;

use crate::{
    Claim, Failure, Fence, Job, Jobs, JobsError, Message, Mp3, Queue, Redis, keys, millis, script,
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
    /// The conversion is done: `mp3` is the job's, both files are kept for as
    /// long as `retention` says, its email is queued and the bell rung. The MP3's
    /// blob must be [staged](Self::stage) still.
    pub fn converted(
        &self,
        claim: &Claim,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        self.end_well(&Ending::whole(claim), mp3, retention)
    }

    /// The conversion has failed for good: the user sees `failure` and is sent
    /// an email. With `keep_video`, what was given up after several attempts
    /// becomes a dead letter and its video is kept for so long, for an operator
    /// to look into; without, the video is litter at once.
    pub fn failed(
        &self,
        claim: &Claim,
        failure: &Failure,
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        self.end_badly(&Ending::whole(claim), failure, keep_video)
    }

    pub(crate) fn end_well(
        &self,
        ending: &Ending<'_>,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        let job = ending.job;
        let answer = self.eval_int(
            script::CONVERTED,
            &[
                &keys::job(job.id),
                &ending.stream,
                &ending.leases,
                &keys::stream(Queue::Notify),
                &keys::owner_active(&job.owner),
                keys::SWEEP,
            ],
            &[
                ending.entry,
                &ending.attempt.to_string(),
                keys::GROUP,
                &job.id.to_string(),
                &mp3.blob,
                &mp3.bytes.to_string(),
                &millis(mp3.duration),
                &Message::about(job, true).to_json(),
                Queue::Notify.channel(),
                &millis(retention.video),
                &millis(retention.mp3.unwrap_or_default()),
                &ending.fence,
                &u8::from(mp3.damage.is_cut_off).to_string(),
                &mp3.damage.silent_packets.to_string(),
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }

    pub(crate) fn end_badly(
        &self,
        ending: &Ending<'_>,
        failure: &Failure,
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        let job = ending.job;
        let answer = self.eval_int(
            script::FAILED,
            &[
                &keys::job(job.id),
                &ending.stream,
                &ending.leases,
                &keys::stream(Queue::Notify),
                &keys::owner_active(&job.owner),
                keys::SWEEP,
                &keys::dead(Queue::Convert),
            ],
            &[
                ending.entry,
                &ending.attempt.to_string(),
                keys::GROUP,
                &job.id.to_string(),
                &failure.code,
                &failure.message,
                &Message::about(job, false).to_json(),
                Queue::Notify.channel(),
                if keep_video.is_some() { "1" } else { "0" },
                &millis(keep_video.unwrap_or_default()),
                &ending.fence,
                &ending.number.to_string(),
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }

    /// This attempt has failed, the next may not: the entry becomes due again
    /// after `pause`.
    pub fn retry_later(
        &self,
        claim: &Claim,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        let error_fields = match claim.queue {
            Queue::Convert => "error",
            Queue::Notify => "mail_error",
        };
        let answer = self.eval_int(
            script::RETRY_LATER,
            &[
                &keys::job(claim.job.id),
                &keys::stream(claim.queue),
                &keys::leases(claim.queue),
            ],
            &[
                &claim.entry,
                claim.queue.attempt_field(),
                &claim.attempt.to_string(),
                claim.queue.state_field(),
                claim.queue.working(),
                claim.queue.waiting(),
                &millis(pause),
                &failure.code,
                &failure.message,
                error_fields,
                keys::GROUP,
                claim.queue.kind(),
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }

    /// The email has been sent (`Ok`) or is given up (`Err`), which makes it a
    /// dead letter. The job's own state stays what it is.
    pub fn mailed(&self, claim: &Claim, outcome: Result<(), &Failure>) -> Result<Fence, JobsError> {
        let (state, code, message) = match outcome {
            Ok(()) => ("sent", "", ""),
            Err(failure) => ("failed", failure.code.as_str(), failure.message.as_str()),
        };
        let answer = self.eval_int(
            script::MAILED,
            &[
                &keys::job(claim.job.id),
                &keys::stream(Queue::Notify),
                &keys::leases(Queue::Notify),
                &keys::dead(Queue::Notify),
            ],
            &[
                &claim.entry,
                &claim.attempt.to_string(),
                keys::GROUP,
                &claim.job.id.to_string(),
                state,
                code,
                message,
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }
}

/// What the end of a conversion needs of the claim that brings it about: on all
/// of it, or on its last segment.
pub(crate) struct Ending<'c> {
    pub(crate) job: &'c Job,
    pub(crate) stream: String,
    pub(crate) leases: String,
    pub(crate) entry: &'c str,
    pub(crate) attempt: u32,
    /// The field that holds the segment's attempt; empty for all of it.
    pub(crate) fence: String,
    /// The segment's number.
    pub(crate) number: u32,
}

impl<'c> Ending<'c> {
    fn whole(claim: &'c Claim) -> Self {
        Self {
            job: &claim.job,
            stream: keys::stream(Queue::Convert),
            leases: keys::leases(Queue::Convert),
            entry: &claim.entry,
            attempt: claim.attempt,
            fence: String::new(),
            number: 0,
        }
    }
}
