//! Looking at jobs.

use crate::{Job, JobId, Jobs, JobsError, Redis, keys, script};

impl<R: Redis> Jobs<R> {
    /// The job `id`, if `owner` has it. Somebody else's and nobody's look the
    /// same.
    pub fn get(&self, id: JobId, owner: &str) -> Result<Option<Job>, JobsError> {
        let fields = self.redis.run("HGETALL", &[&keys::job(id)])?;
        if fields.is_empty() {
            return Ok(None);
        }
        let job = Job::from_fields(&fields)?;
        Ok((job.owner == owner).then_some(job))
    }

    /// At most `most` jobs of `owner`, newest first, from the one before
    /// `before` on.
    pub fn list(
        &self,
        owner: &str,
        before: Option<JobId>,
        most: u32,
    ) -> Result<Vec<Job>, JobsError> {
        let start = before.map_or("+".to_owned(), |id| format!("({id}"));
        let answer = self.eval(
            script::LIST,
            &[&keys::owner_jobs(owner)],
            &[keys::JOB_PREFIX, &start, &most.to_string()],
        )?;
        let mut jobs = Vec::new();
        let mut rest = answer.as_slice();
        while let [count, tail @ ..] = rest {
            let count = count.int().and_then(|n| usize::try_from(n).ok());
            let Some((fields, tail)) = count.and_then(|n| tail.split_at_checked(n)) else {
                return Err(JobsError::Answer {
                    script: script::LIST.name,
                    answer,
                });
            };
            if !fields.is_empty() {
                jobs.push(Job::from_fields(fields)?);
            }
            rest = tail;
        }
        Ok(jobs)
    }
}
