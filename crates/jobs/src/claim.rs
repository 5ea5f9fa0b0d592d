//! Claiming work and holding on to it.

use std::time::Duration;

use crate::{Job, Jobs, JobsError, Queue, Redis, Value, keys, millis, script};

/// A piece of work handed to this worker until its lease runs out.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The queue it came from.
    pub queue: Queue,
    /// Which try at this work it is, from one. It fences off earlier claims.
    pub attempt: u32,
    /// Which try since the work was queued or requeued, from one. It says when
    /// enough is enough.
    pub tries: u32,
    /// The job as it stood at the claim.
    pub job: Job,
    /// The stream entry.
    pub(crate) entry: String,
}

/// Whether a step found the claim still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a lost claim means that nothing was written"]
pub enum Fence {
    /// It was, and the step is done.
    Held,
    /// It was not: the job was deleted, or another worker has taken over. The
    /// step changed nothing; drop the work and what it left.
    Lost,
}

impl Fence {
    pub(crate) fn from_answer(answer: i64) -> Self {
        if answer == 1 { Self::Held } else { Self::Lost }
    }
}

impl<R: Redis> Jobs<R> {
    /// Claims one due entry of `queue` for `lease`, if there is any.
    /// `worker` names who asks, for those who look at the job's history.
    pub fn claim(
        &self,
        queue: Queue,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<Claim>, JobsError> {
        let answer = self.eval(
            script::CLAIM,
            &[&keys::stream(queue), &keys::leases(queue)],
            &[
                keys::JOB_PREFIX,
                keys::GROUP,
                queue.consumer(),
                &millis(lease),
                queue.attempt_field(),
                queue.state_field(),
                queue.waiting(),
                queue.working(),
                queue.base_field(),
                queue.kind(),
                worker,
            ],
        )?;
        let [entry, attempt, tries, fields @ ..] = answer.as_slice() else {
            return Ok(None);
        };
        let number = |value: &Value| value.int().and_then(|n| u32::try_from(n).ok());
        let (Some(entry), Some(attempt), Some(tries)) =
            (entry.text(), number(attempt), number(tries))
        else {
            return Err(JobsError::Answer {
                script: script::CLAIM.name,
                answer,
            });
        };
        let job = Job::from_fields(fields)?;
        Ok(Some(Claim {
            queue,
            attempt,
            tries,
            job,
            entry,
        }))
    }

    /// Extends the lease by `lease` from now and notes the progress, 0 to 1.
    pub fn renew(&self, claim: &Claim, lease: Duration, progress: f32) -> Result<Fence, JobsError> {
        let answer = self.eval_int(
            script::RENEW,
            &[&keys::job(claim.job.id), &keys::leases(claim.queue)],
            &[
                &claim.entry,
                claim.queue.attempt_field(),
                &claim.attempt.to_string(),
                claim.queue.state_field(),
                claim.queue.working(),
                &millis(lease),
                &format!("{:.4}", progress.clamp(0.0, 1.0)),
            ],
        )?;
        Ok(Fence::from_answer(answer))
    }
}
