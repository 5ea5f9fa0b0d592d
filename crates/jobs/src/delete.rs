//! Deleting a job.

use crate::{JobId, Jobs, JobsError, Redis, script};

impl<R: Redis> Jobs<R> {
    /// Deletes the job `id` of `owner` in any state; its blobs expire at once. Returns
    /// whether `owner` had such a job.
    pub fn delete(&self, id: JobId, owner: &str) -> Result<bool, JobsError> {
        let reply = self.eval_int(&script::DELETE, &[&id.to_string(), owner])?;
        Ok(reply == 1)
    }
}
