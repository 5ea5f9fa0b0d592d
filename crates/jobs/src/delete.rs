//! Forgetting a job.

use crate::{JobId, Jobs, JobsError, Queue, Redis, keys, script};

impl<R: Redis> Jobs<R> {
    /// Forgets the job `id` of `owner` at any point of its life. Its blobs are
    /// litter from then on. Answers whether `owner` had such a job.
    pub fn delete(&self, id: JobId, owner: &str) -> Result<bool, JobsError> {
        let answer = self.eval_int(
            script::DELETE,
            &[
                &keys::job(id),
                &keys::owner_jobs(owner),
                &keys::owner_active(owner),
                &keys::stream(Queue::Convert),
                &keys::leases(Queue::Convert),
                &keys::stream(Queue::Notify),
                &keys::leases(Queue::Notify),
                keys::SWEEP,
                &keys::dead(Queue::Convert),
                &keys::dead(Queue::Notify),
                &keys::attempts(id),
            ],
            &[&id.to_string(), owner, keys::GROUP],
        )?;
        Ok(answer == 1)
    }
}
