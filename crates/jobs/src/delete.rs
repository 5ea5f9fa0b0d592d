//! Deleting jobs.

use crate::{JobId, Jobs, JobsError, Redis, script};

impl<R: Redis> Jobs<R> {
    /// Deletes the job `id` of `owner` in any state; its blobs expire at once. Returns
    /// whether `owner` had such a job.
    pub fn delete(&self, id: JobId, owner: &str) -> Result<bool, JobsError> {
        let reply = self.eval_int(&script::DELETE, &[&id.to_string(), owner])?;
        Ok(reply == 1)
    }

    /// Deletes at most `limit` jobs of accounts that are deleted
    /// (`tonearm-account-state`), as [`delete`](Self::delete) does, and returns how many.
    /// Garbage collection calls it; it is one script, so several may at the same time.
    pub fn delete_of_deleted_accounts(&self, limit: u32) -> Result<u64, JobsError> {
        let script = &script::DELETE_OF_DELETED_ACCOUNTS;
        let deleted = self.eval_int(script, &[&limit.to_string()])?;
        Ok(u64::try_from(deleted).unwrap_or(0))
    }
}
