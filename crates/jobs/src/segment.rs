//! Segments of a split conversion.
//!
//! An entry per segment replaces that of the conversion. The worker that stores the
//! last part keeps its claim, joins the parts and ends the conversion. If it crashes,
//! its lease expires and the entry is claimed again like any other.

use std::time::Duration;

use crate::claim::number;
use crate::finish::ConversionClaim;
use crate::job::split_jobs;
use crate::{
    AudioTrack, Claim, Failure, Fence, Job, Jobs, JobsError, Mp3, Redis, Retention, Value, millis,
    script,
};

/// A segment that belongs to this worker until its lease expires.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentClaim {
    /// The job at the time of the claim.
    pub job: Job,
    /// The number of the segment, from zero.
    pub number: u32,
    /// The number of segments of the conversion.
    pub count: u32,
    /// The number of this attempt at the segment, from one. It fences off earlier claims.
    pub attempt: u32,
    /// As [`Claim::deaths_at_one_place`].
    pub deaths_at_one_place: u32,
    /// What all segments share, as passed to [`Jobs::split`].
    pub shared: String,
    /// The specification of this segment, as passed to [`Jobs::split`].
    pub spec: String,
    /// Whether all parts are stored, this one too, and only joining them is left.
    pub is_encoded: bool,
    entry: String,
    /// The field with the segment's attempt, `PLAN:N`.
    fence: String,
}

/// The outcome of [`Jobs::segment_done`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a lost claim means that nothing was written"]
pub enum SegmentFence {
    /// The part is stored, and others are missing.
    Held,
    /// The last part is stored, and the claim remains valid: join the parts.
    Last,
    /// The claim was lost, and nothing was written.
    Lost,
}

impl<R: Redis> Jobs<R> {
    /// Splits the conversion into segments, one per specification in `specs`; `shared`
    /// is passed to each. The claim ends with that.
    pub fn split(&self, claim: &Claim, shared: &str, specs: &[String]) -> Result<Fence, JobsError> {
        let (id, attempt) = (claim.job.id.to_string(), claim.attempt.to_string());
        let mut arguments = vec![id.as_str(), &claim.entry, &attempt, shared];
        arguments.extend(specs.iter().map(String::as_str));
        let reply = self.eval_int(&script::SPLIT, &arguments)?;
        Ok(Fence::from_reply(reply))
    }

    /// Claims one due segment for the time `lease`, if there is one.
    pub fn claim_segment(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<SegmentClaim>, JobsError> {
        let reply = self.eval(&script::CLAIM_SEGMENT, &[worker, &millis(lease)])?;
        if reply.is_empty() {
            return Ok(None);
        }
        match parse(&reply) {
            Some(claim) => claim.map(Some),
            None => Err(script::CLAIM_SEGMENT.unexpected(reply)),
        }
    }

    /// Extends the lease to `lease` from now and sets the segment's progress, 0 to 1.
    pub fn renew_segment(
        &self,
        claim: &SegmentClaim,
        lease: Duration,
        progress: f32,
    ) -> Result<Fence, JobsError> {
        let progress = format!("{:.4}", progress.clamp(0.0, 1.0));
        let reply = claim.run(self, &script::RENEW_SEGMENT, &[&millis(lease), &progress])?;
        Ok(Fence::from_reply(reply))
    }

    /// Records how far the attempt has come, as [`set_place`](Self::set_place).
    pub fn set_segment_place(&self, claim: &SegmentClaim, place: u64) -> Result<Fence, JobsError> {
        let (id, attempt) = (claim.job.id.to_string(), claim.attempt.to_string());
        let (number, place) = (claim.number.to_string(), place.to_string());
        let arguments = [&*id, &claim.fence, &attempt, &number, &place];
        let reply = self.eval_int(&script::PLACE, &arguments)?;
        Ok(Fence::from_reply(reply))
    }

    /// Stores `part`, a description of what the segment became. Its bytes are in
    /// `blob`, which must still be [staged](Self::stage).
    pub fn segment_done(
        &self,
        claim: &SegmentClaim,
        blob: &str,
        part: &str,
    ) -> Result<SegmentFence, JobsError> {
        Ok(
            match claim.run(self, &script::SEGMENT_DONE, &[blob, part])? {
                1 => SegmentFence::Held,
                2 => SegmentFence::Last,
                _ => SegmentFence::Lost,
            },
        )
    }

    /// The parts as passed to [`Self::segment_done`], in the order of the segments.
    /// Empty once the conversion has ended.
    pub fn parts(&self, claim: &SegmentClaim) -> Result<Vec<String>, JobsError> {
        let reply = self.eval(&script::SEGMENT_PARTS, &[&claim.job.id.to_string()])?;
        Ok(reply.iter().filter_map(Value::text).collect())
    }

    /// Ends the conversion after the parts were joined, like
    /// [`converted`](Self::converted). The parts are kept as long as the MP3.
    pub fn joined(
        &self,
        claim: &SegmentClaim,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        self.end_converted(&claim.conversion(), mp3, retention)
    }

    /// Ends the conversion because a segment failed permanently, like
    /// [`failed`](Self::failed). The other segments are removed.
    pub fn segment_failed(
        &self,
        claim: &SegmentClaim,
        failure: &Failure,
        tracks: &[AudioTrack],
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        self.end_failed(&claim.conversion(), failure, tracks, keep_video)
    }

    /// Ends this attempt; the segment is due again after `pause`.
    pub fn retry_segment_later(
        &self,
        claim: &SegmentClaim,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        let arguments = [&*millis(pause), &failure.code, &failure.message];
        let reply = claim.run(self, &script::RETRY_SEGMENT, &arguments)?;
        Ok(Fence::from_reply(reply))
    }
}

impl SegmentClaim {
    /// Runs a script whose arguments begin with this claim.
    fn run<R: Redis>(
        &self,
        jobs: &Jobs<R>,
        script: &script::Script,
        arguments: &[&str],
    ) -> Result<i64, JobsError> {
        let (id, attempt) = (self.job.id.to_string(), self.attempt.to_string());
        let number = self.number.to_string();
        let mut all = vec![id.as_str(), &self.entry, &self.fence, &attempt, &number];
        all.extend_from_slice(arguments);
        jobs.eval_int(script, &all)
    }

    fn conversion(&self) -> ConversionClaim<'_> {
        ConversionClaim {
            job: &self.job,
            entry: &self.entry,
            fence: &self.fence,
            attempt: self.attempt,
            number: self.number,
        }
    }
}

/// `None` where the reply has another form.
fn parse(reply: &[Value]) -> Option<Result<SegmentClaim, JobsError>> {
    let [
        entry,
        plan,
        segment,
        count,
        attempt,
        shared,
        spec,
        part,
        deaths,
        job @ ..,
    ] = reply
    else {
        return None;
    };
    let [job] = split_jobs(job)?.try_into().ok()?;
    let (plan, segment) = (plan.text()?, number(segment)?);
    let job = match Job::from_fields(&job) {
        Ok(job) => job,
        Err(error) => return Some(Err(error)),
    };
    Some(Ok(SegmentClaim {
        job,
        number: segment,
        count: number(count)?,
        attempt: number(attempt)?,
        deaths_at_one_place: number(deaths)?,
        shared: shared.text()?,
        spec: spec.text()?,
        is_encoded: part.text().is_some_and(|part| !part.is_empty()),
        entry: entry.text()?,
        fence: format!("{plan}:{segment}"),
    }))
}
