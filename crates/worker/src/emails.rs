//! The queue of emails.

use std::fmt;
use std::time::Duration;

use tonearm_jobs::{Claim, Failure, Fence, Job, JobsError, Queue as Name, Redis};

use crate::{Ending, Item, Queue, QueueClient};

/// A claim on the email about a job.
#[derive(Debug, Clone, PartialEq)]
pub struct EmailItem(Claim);

impl EmailItem {
    /// The job.
    pub fn job(&self) -> &Job {
        &self.0.job
    }
}

impl fmt::Display for EmailItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} email", self.0.job.id)
    }
}

impl Item for EmailItem {
    fn attempt(&self) -> u32 {
        self.0.attempt
    }

    fn attempts_since_queued(&self) -> u32 {
        self.0.attempts_since_queued
    }

    /// An email has no places.
    fn deaths_at_one_place(&self) -> u32 {
        0
    }

    fn traceparent(&self) -> Option<&str> {
        self.0.job.traceparent.as_deref()
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
        let claim = self
            .client
            .call(|jobs| jobs.claim(Name::Notify, worker, lease))?;
        Ok(claim.map(EmailItem))
    }

    fn done(&self, item: &EmailItem, (): &()) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.mailed(&item.0, Ok(())))
    }

    fn retry_later(
        &self,
        item: &EmailItem,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.retry_later(&item.0, failure, pause))
    }

    fn failed(
        &self,
        item: &EmailItem,
        failure: &Failure,
        _ending: Ending,
    ) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.mailed(&item.0, Err(failure)))
    }
}
