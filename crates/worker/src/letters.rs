//! The queue of letters, which are emails about accounts.

use std::fmt;
use std::time::Duration;

use tonearm_jobs::{
    AudioTrack, Failure, Fence, JobsError, LetterClaim, LetterEnd, LetterId, Redis,
};

use crate::{Ending, Item, Queue, QueueClient};

/// A claim on a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterItem(LetterClaim);

impl LetterItem {
    /// The letter's id.
    pub fn id(&self) -> LetterId {
        self.0.id
    }

    /// The sealed letter.
    pub fn sealed(&self) -> &str {
        &self.0.sealed
    }
}

impl fmt::Display for LetterItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} letter", self.0.id)
    }
}

impl Item for LetterItem {
    fn attempt(&self) -> u32 {
        self.0.attempt
    }

    fn attempts_since_queued(&self) -> u32 {
        self.0.attempts_since_queued
    }

    /// A letter has no places.
    fn deaths_at_one_place(&self) -> u32 {
        0
    }

    /// A letter belongs to no upload.
    fn traceparent(&self) -> Option<&str> {
        None
    }
}

/// The queue of letters.
#[derive(Debug)]
pub struct Letters<'q, R: Redis> {
    client: &'q QueueClient<R>,
    lease: Duration,
}

impl<'q, R: Redis> Letters<'q, R> {
    /// The queue; a claim lasts for `lease`.
    pub fn new(client: &'q QueueClient<R>, lease: Duration) -> Self {
        Self { client, lease }
    }
}

impl<R: Redis> Queue for Letters<'_, R> {
    type Item = LetterItem;
    type Product = LetterEnd;

    fn claim(&self) -> Result<Option<LetterItem>, JobsError> {
        let lease = self.lease;
        let claim = self.client.call(|jobs| jobs.claim_letter(lease))?;
        Ok(claim.map(LetterItem))
    }

    fn done(&self, item: &LetterItem, end: &LetterEnd) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.letter_ended(&item.0, Ok(*end)))
    }

    fn retry_later(
        &self,
        item: &LetterItem,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.retry_letter_later(&item.0, failure, pause))
    }

    fn failed(
        &self,
        item: &LetterItem,
        failure: &Failure,
        _tracks: &[AudioTrack],
        _ending: Ending,
    ) -> Result<Fence, JobsError> {
        self.client
            .call_with_retries(|jobs| jobs.letter_ended(&item.0, Err(failure)))
    }
}
