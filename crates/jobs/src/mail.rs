//! The email about the jobs of an upload.
//!
//! An upload has one mail, once all its conversions have ended. A job that an operator
//! requeued has one of its own. Each waiting job has an entry in the queue; the one that is
//! claimed carries the mail (`scripts/prelude_mail.lua`).

use std::time::Duration;

use crate::claim::number;
use crate::job::split_jobs;
use crate::{
    Claim, Failure, Fence, Job, JobId, Jobs, JobsError, Queue, Redis, Value, millis, script,
};

/// An email that belongs to this worker until its lease expires.
#[derive(Debug, Clone, PartialEq)]
pub struct MailClaim {
    /// The claim on the job that carries the mail.
    pub claim: Claim,
    /// The jobs that the mail is about, in the order of the upload, with the one that
    /// carries it. Each has ended.
    pub jobs: Vec<Job>,
    /// The address that it goes to: that of the account now, if it is known.
    pub to: String,
    /// Whether the owner of the address has confirmed it.
    pub is_confirmed: bool,
    /// The id of the upload, if it had several files; `None` for the mail of a job alone.
    /// It stays the same when jobs are deleted, so it identifies the mail.
    pub upload: Option<JobId>,
}

impl<R: Redis> Jobs<R> {
    /// Claims one due email for the time `lease`, if there is one. Mails that may not be
    /// sent any more are [skipped](crate::MailState::Skipped).
    pub fn claim_mail(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<MailClaim>, JobsError> {
        let reply = self.eval(&script::CLAIM_MAIL, &[worker, &millis(lease)])?;
        if reply.is_empty() {
            return Ok(None);
        }
        match parse(&reply) {
            Some(claim) => claim.map(Some),
            None => Err(script::CLAIM_MAIL.unexpected(reply)),
        }
    }

    /// Ends the work on an email: it was sent (`Ok`), or it is given up (`Err`) and
    /// becomes a dead letter. The state of the conversions stays as it is.
    pub fn mailed(&self, claim: &Claim, outcome: Result<(), &Failure>) -> Result<Fence, JobsError> {
        let (code, message) = match outcome {
            Ok(()) => ("", ""),
            Err(failure) => (failure.code.as_str(), failure.message.as_str()),
        };
        let (id, attempt) = (claim.job.id.to_string(), claim.attempt.to_string());
        let arguments = [&*id, &claim.entry, &attempt, code, message];
        let reply = self.eval_int(&script::MAILED, &arguments)?;
        Ok(Fence::from_reply(reply))
    }
}

/// `None` where the reply has another form.
fn parse(reply: &[Value]) -> Option<Result<MailClaim, JobsError>> {
    let [
        id,
        entry,
        attempt,
        since_queued,
        to,
        is_confirmed,
        upload,
        jobs @ ..,
    ] = reply
    else {
        return None;
    };
    let jobs = split_jobs(jobs)?;
    let jobs = match jobs.iter().map(Job::from_fields).collect() {
        Ok(jobs) => jobs,
        Err(error) => return Some(Err(error)),
    };
    let jobs: Vec<Job> = jobs;
    let id = JobId::parse(&id.text()?)?;
    let claim = Claim {
        queue: Queue::Notify,
        attempt: number(attempt)?,
        attempts_since_queued: number(since_queued)?,
        deaths_at_one_place: 0,
        job: jobs.iter().find(|job| job.id == id)?.clone(),
        entry: entry.text()?,
    };
    Some(Ok(MailClaim {
        claim,
        jobs,
        to: to.text()?,
        is_confirmed: is_confirmed.int()? == 1,
        upload: JobId::parse(&upload.text()?),
    }))
}
