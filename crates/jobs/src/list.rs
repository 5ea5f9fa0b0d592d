//! Reading jobs.

use crate::job::split_jobs;
use crate::{Job, JobId, Jobs, JobsError, Redis, script};

impl<R: Redis> Jobs<R> {
    /// The job `id`, if `owner` has it; `None` both for another user's job and for a
    /// missing one.
    pub fn get(&self, id: JobId, owner: &str) -> Result<Option<Job>, JobsError> {
        let reply = self.eval(&script::GET, &[&id.to_string()])?;
        let Some(jobs) = split_jobs(&reply) else {
            return Err(script::GET.unexpected(reply));
        };
        match jobs.as_slice() {
            [fields] if !fields.is_missing() => {
                let job = Job::from_fields(fields)?;
                Ok((job.owner == owner).then_some(job))
            }
            _ => Ok(None),
        }
    }

    /// At most `limit` jobs of `owner`, newest first, older than `before`.
    pub fn list(
        &self,
        owner: &str,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<Job>, JobsError> {
        let start = before.map_or("+".to_owned(), |id| format!("({id}"));
        let reply = self.eval(&script::LIST, &[owner, &start, &limit.to_string()])?;
        let Some(jobs) = split_jobs(&reply) else {
            return Err(script::LIST.unexpected(reply));
        };
        let jobs = jobs.iter().filter(|fields| !fields.is_missing());
        jobs.map(Job::from_fields).collect()
    }
}
