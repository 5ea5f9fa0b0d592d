//! A conversion that was cut into segments, each worked off by whoever claims it.
//!
//! The conversion's entry gives way to one for each segment. Whoever brings the
//! last part keeps its claim, joins them all and ends the conversion; if that
//! worker dies, its entry is handed out again like any other.

use std::time::Duration;

use crate::settle::Ending;
use crate::{
    Claim, Failure, Fence, Job, Jobs, JobsError, Message, Mp3, Queue, Redis, Retention, Value,
    keys, millis, script,
};

/// A segment handed to this worker until its lease runs out.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentClaim {
    /// The job as it stood at the claim.
    pub job: Job,
    /// Which of the job's segments, from zero.
    pub number: u32,
    /// How many there are.
    pub count: u32,
    /// Which try at this segment it is, from one. It fences off earlier claims.
    pub attempt: u32,
    /// What all segments share, as [`Jobs::split`] was given it.
    pub shared: String,
    /// What this one is, as [`Jobs::split`] was given it.
    pub spec: String,
    /// Whether all parts are there, this one too: they are to be joined.
    pub is_encoded: bool,
    entry: String,
    fence: String,
}

/// What [`Jobs::segment_done`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a lost claim means that nothing was written"]
pub enum SegmentFence {
    /// The part is kept; others are still missing.
    Held,
    /// The part is kept, and was the last: the claim holds on, join them all.
    Last,
    /// The claim was lost, and nothing was written.
    Lost,
}

impl<R: Redis> Jobs<R> {
    /// Cuts the conversion into segments, of which `specs` says what each is and
    /// `shared` what is the same for all. The claim ends with that.
    pub fn split(&self, claim: &Claim, shared: &str, specs: &[String]) -> Result<Fence, JobsError> {
        let id = claim.job.id.to_string();
        let (attempt, message) = (
            claim.attempt.to_string(),
            Message::about(&claim.job, false).to_json(),
        );
        let mut arguments = vec![
            claim.entry.as_str(),
            &attempt,
            keys::GROUP,
            &id,
            &message,
            Queue::Convert.channel(),
            shared,
        ];
        arguments.extend(specs.iter().map(String::as_str));
        let answer = self.eval_int(
            script::SPLIT,
            &[
                &keys::job(claim.job.id),
                &keys::stream(Queue::Convert),
                &keys::leases(Queue::Convert),
            ],
            &arguments,
        )?;
        Ok(Fence::from_answer(answer))
    }

    /// Claims one due segment for `lease`, if there is any.
    pub fn claim_segment(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<SegmentClaim>, JobsError> {
        let answer = self.eval(
            script::CLAIM_SEGMENT,
            &[keys::SEGMENTS, keys::SEGMENT_LEASES],
            &[
                keys::JOB_PREFIX,
                keys::GROUP,
                Queue::Convert.consumer(),
                &millis(lease),
                worker,
            ],
        )?;
        if answer.is_empty() {
            return Ok(None);
        }
        match parse(&answer) {
            Some(claim) => claim.map(Some),
            None => Err(JobsError::Answer {
                script: script::CLAIM_SEGMENT.name,
                answer,
            }),
        }
    }

    /// Extends the lease by `lease` from now and notes the segment's progress, 0
    /// to 1.
    pub fn renew_segment(
        &self,
        claim: &SegmentClaim,
        lease: Duration,
        progress: f32,
    ) -> Result<Fence, JobsError> {
        let answer = self.eval_int(
            script::RENEW_SEGMENT,
            &[&keys::job(claim.job.id), keys::SEGMENT_LEASES],
            &[
                &claim.entry,
                &claim.fence,
                &claim.attempt.to_string(),
                &millis(lease),
                &claim.number.to_string(),
                &format!("{:.4}", progress.clamp(0.0, 1.0)),
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }

    /// The segment has become `part`, whose bytes are in `blob`, which must be
    /// [staged](Self::stage) still.
    pub fn segment_done(
        &self,
        claim: &SegmentClaim,
        blob: &str,
        part: &str,
    ) -> Result<SegmentFence, JobsError> {
        let answer = self.eval_int(
            script::SEGMENT_DONE,
            &[
                &keys::job(claim.job.id),
                keys::SEGMENTS,
                keys::SEGMENT_LEASES,
                keys::SWEEP,
            ],
            &[
                &claim.entry,
                &claim.fence,
                &claim.attempt.to_string(),
                keys::GROUP,
                &claim.number.to_string(),
                blob,
                part,
            ],
        )?;
        Ok(match answer {
            1 => SegmentFence::Held,
            2 => SegmentFence::Last,
            _ => SegmentFence::Lost,
        })
    }

    /// What the segments have become, in order, as [`Self::segment_done`] was
    /// given it. Empty once the conversion has ended.
    pub fn parts(&self, claim: &SegmentClaim) -> Result<Vec<String>, JobsError> {
        let key = keys::segments(claim.job.id);
        let answer = self.eval(script::SEGMENT_PARTS, &[&key], &[])?;
        Ok(answer.iter().filter_map(Value::text).collect())
    }

    /// The parts are joined: as [`converted`](Self::converted). The parts are kept
    /// for as long as the MP3.
    pub fn joined(
        &self,
        claim: &SegmentClaim,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        self.end_well(&claim.ending(), mp3, retention)
    }

    /// The segment has failed for good, and the conversion with it: as
    /// [`failed`](Self::failed). The other segments are called off.
    pub fn segment_failed(
        &self,
        claim: &SegmentClaim,
        failure: &Failure,
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        self.end_badly(&claim.ending(), failure, keep_video)
    }

    /// This attempt at the segment has failed, the next may not: it becomes due
    /// again after `pause`.
    pub fn retry_segment_later(
        &self,
        claim: &SegmentClaim,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        let answer = self.eval_int(
            script::RETRY_SEGMENT,
            &[
                &keys::job(claim.job.id),
                keys::SEGMENTS,
                keys::SEGMENT_LEASES,
            ],
            &[
                &claim.entry,
                &claim.fence,
                &claim.attempt.to_string(),
                &claim.number.to_string(),
                &millis(pause),
                &failure.code,
                &failure.message,
                keys::GROUP,
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }
}

impl SegmentClaim {
    fn ending(&self) -> Ending<'_> {
        Ending {
            job: &self.job,
            stream: keys::SEGMENTS.to_owned(),
            leases: keys::SEGMENT_LEASES.to_owned(),
            entry: &self.entry,
            attempt: self.attempt,
            fence: self.fence.clone(),
            number: self.number,
        }
    }
}

/// `None` where the answer is not what the script gives.
fn parse(answer: &[Value]) -> Option<Result<SegmentClaim, JobsError>> {
    let [
        entry,
        plan,
        number,
        count,
        attempt,
        shared,
        spec,
        part,
        fields @ ..,
    ] = answer
    else {
        return None;
    };
    let whole = |value: &Value| value.int().and_then(|n| u32::try_from(n).ok());
    let (plan, number) = (plan.text()?, whole(number)?);
    let job = match Job::from_fields(fields) {
        Ok(job) => job,
        Err(error) => return Some(Err(error)),
    };
    Some(Ok(SegmentClaim {
        job,
        number,
        count: whole(count)?,
        attempt: whole(attempt)?,
        shared: shared.text()?,
        spec: spec.text()?,
        is_encoded: part.text().is_some_and(|part| !part.is_empty()),
        entry: entry.text()?,
        fence: format!("{plan}:{number}"),
    }))
}
