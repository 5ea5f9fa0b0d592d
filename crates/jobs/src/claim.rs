//! Claiming work and keeping the claim.

use std::time::Duration;

use crate::job::split_jobs;
use crate::{Job, Jobs, JobsError, Queue, Redis, Value, millis, script};

/// A piece of work that belongs to this worker until its lease expires.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The queue it came from.
    pub queue: Queue,
    /// The number of this attempt at the work, from one. It fences off earlier claims.
    pub attempt: u32,
    /// The number of this attempt since the work was queued or requeued, from one. It
    /// decides when the work is given up.
    pub attempts_since_queued: u32,
    /// The number of attempts in a row, up to the last one, that ended without an outcome
    /// at the same [place](Jobs::set_place).
    pub deaths_at_one_place: u32,
    /// The job at the time of the claim.
    pub job: Job,
    /// The stream entry.
    pub(crate) entry: String,
}

/// Whether a step found the claim valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a lost claim means that nothing was written"]
pub enum Fence {
    /// The claim was valid, and the step is done.
    Held,
    /// The claim was lost: the job was deleted, or another worker has taken over. The
    /// step changed nothing. Drop the work and its results.
    Lost,
}

impl Fence {
    pub(crate) fn from_reply(reply: i64) -> Self {
        if reply == 1 { Self::Held } else { Self::Lost }
    }
}

impl<R: Redis> Jobs<R> {
    /// Claims one due entry of `queue` for the time `lease`, if there is one. The
    /// history of the job names the `worker`. [`claim_mail`](Self::claim_mail) claims
    /// emails with what is needed to send them, and
    /// [`claim_letter`](Self::claim_letter) letters.
    pub fn claim(
        &self,
        queue: Queue,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<Claim>, JobsError> {
        match queue {
            Queue::Convert => {}
            Queue::Notify => {
                let mail = self.claim_mail(worker, lease)?;
                return Ok(mail.map(|mail| mail.claim));
            }
            Queue::Letter => return Ok(None),
        }
        let reply = self.eval(&script::CLAIM, &[worker, &millis(lease)])?;
        if reply.is_empty() {
            return Ok(None);
        }
        match parse(queue, &reply) {
            Some(claim) => claim.map(Some),
            None => Err(script::CLAIM.unexpected(reply)),
        }
    }

    /// Extends the lease to `lease` from now and sets the progress, 0 to 1.
    pub fn renew(&self, claim: &Claim, lease: Duration, progress: f32) -> Result<Fence, JobsError> {
        let reply = self.eval_int(
            &script::RENEW,
            &[
                &claim.job.id.to_string(),
                claim.queue.kind(),
                &claim.entry,
                &claim.attempt.to_string(),
                &millis(lease),
                &format!("{:.4}", progress.clamp(0.0, 1.0)),
            ],
        )?;
        Ok(Fence::from_reply(reply))
    }

    /// Records how far the attempt at a conversion has come. Equal files give equal
    /// places, so that attempts that end in a trap end at the same one.
    pub fn set_place(&self, claim: &Claim, place: u64) -> Result<Fence, JobsError> {
        let (id, attempt) = (claim.job.id.to_string(), claim.attempt.to_string());
        let arguments = [&*id, "", &attempt, "", &place.to_string()];
        let reply = self.eval_int(&script::PLACE, &arguments)?;
        Ok(Fence::from_reply(reply))
    }
}

/// `None` where the reply has another form.
fn parse(queue: Queue, reply: &[Value]) -> Option<Result<Claim, JobsError>> {
    let [entry, attempt, since_queued, deaths, job @ ..] = reply else {
        return None;
    };
    let [job] = split_jobs(job)?.try_into().ok()?;
    let (entry, attempt) = (entry.text()?, number(attempt)?);
    let (attempts_since_queued, deaths_at_one_place) = (number(since_queued)?, number(deaths)?);
    Some(Job::from_fields(&job).map(|job| Claim {
        queue,
        attempt,
        attempts_since_queued,
        deaths_at_one_place,
        job,
        entry,
    }))
}

pub(crate) fn number(value: &Value) -> Option<u32> {
    value.int().and_then(|n| u32::try_from(n).ok())
}
