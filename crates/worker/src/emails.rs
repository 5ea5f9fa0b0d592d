//! The queue of emails.

use std::fmt;
use std::time::Duration;

use tonearm_jobs::{AudioTrack, Failure, Fence, Job, JobId, JobsError, MailClaim, Redis};

use crate::{Ending, Item, Queue, QueueClient};

/// A claim on the email about an upload.
#[derive(Debug, Clone, PartialEq)]
pub struct EmailItem(MailClaim);

impl EmailItem {
    /// The jobs that the email is about, in the order of the upload. There is at least
    /// one, and each has ended.
    pub fn jobs(&self) -> &[Job] {
        &self.0.jobs
    }

    /// The job that carries the email.
    pub fn job(&self) -> &Job {
        &self.0.claim.job
    }

    /// The address that it goes to.
    pub fn to(&self) -> &str {
        &self.0.to
    }

    /// Whether the owner of that address has confirmed it.
    pub fn is_confirmed(&self) -> bool {
        self.0.is_confirmed
    }

    /// The id of the upload, if it had several files. It identifies the email, even if
    /// jobs are deleted between two attempts; `None` for the email of a job alone, which
    /// the id of the job identifies with [`requeues`](Job::requeues).
    pub fn upload(&self) -> Option<JobId> {
        self.0.upload
    }
}

impl fmt::Display for EmailItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} email", self.job().id)
    }
}

impl Item for EmailItem {
    fn attempt(&self) -> u32 {
        self.0.claim.attempt
    }

    fn attempts_since_queued(&self) -> u32 {
        self.0.claim.attempts_since_queued
    }

    /// An email has no places.
    fn deaths_at_one_place(&self) -> u32 {
        0
    }

    fn traceparent(&self) -> Option<&str> {
        self.job().traceparent.as_deref()
    }
}

/// The queue of emails.
#[derive(Debug)]
pub struct Emails<'q, R: Redis> {
    client: &'q QueueClient<R>,
    worker: String,
    lease: Duration,
}

impl<'q, R: Redis> Emails<'q, R> {
    /// The queue for the worker of this name; a claim lasts for `lease`.
    pub fn new(client: &'q QueueClient<R>, worker: String, lease: Duration) -> Self {
        Self {
            client,
            worker,
            lease,
        }
    }
}

impl<R: Redis> Queue for Emails<'_, R> {
    type Item = EmailItem;
    type Product = ();

    fn claim(&self) -> Result<Option<EmailItem>, JobsError> {
        let (worker, lease) = (&self.worker, self.lease);
        let claim = self.client.call(|jobs| jobs.claim_mail(worker, lease))?;
        Ok(claim.map(EmailItem))
    }

    fn done(&self, item: &EmailItem, (): &()) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.mailed(&item.0.claim, Ok(())))
    }

    fn retry_later(
        &self,
        item: &EmailItem,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.retry_later(&item.0.claim, failure, pause))
    }

    fn failed(
        &self,
        item: &EmailItem,
        failure: &Failure,
        _tracks: &[AudioTrack],
        _ending: Ending,
    ) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.mailed(&item.0.claim, Err(failure)))
    }
}
