//! The queue of conversions and of their segments.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use tonearm_jobs::{
    AudioTrack, Claim, Failure, Fence, Job, JobsError, Mp3, Queue as Name, Redis, Retention,
    SegmentClaim,
};

use crate::{Ending, Item, Leases, Queue, QueueClient};

/// A claim on a whole conversion or on a segment of one.
#[derive(Debug, Clone, PartialEq)]
pub enum ConversionItem {
    /// A whole conversion.
    Whole(Claim),
    /// A segment.
    Segment(SegmentClaim),
}

impl ConversionItem {
    /// The job.
    pub fn job(&self) -> &Job {
        match self {
            Self::Whole(claim) => &claim.job,
            Self::Segment(claim) => &claim.job,
        }
    }

    /// A name for the blob that this attempt writes. Every attempt has its own, so a
    /// late worker overwrites nothing; the random part separates attempts before and
    /// after an operator's requeue.
    pub fn output_blob(&self) -> String {
        let suffix = uuid::Uuid::new_v4().simple().to_string();
        let suffix = &suffix[..8];
        let id = self.job().id;
        match self {
            Self::Whole(claim) => format!("mp3/{id}/{}-{suffix}", claim.attempt),
            Self::Segment(claim) => {
                let (number, attempt) = (claim.number, claim.attempt);
                format!("mp3/{id}/segment-{number}-{attempt}-{suffix}")
            }
        }
    }
}

impl fmt::Display for ConversionItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.job().id)?;
        match self {
            Self::Whole(_) => Ok(()),
            Self::Segment(claim) => write!(f, " segment {}/{}", claim.number + 1, claim.count),
        }
    }
}

impl Item for ConversionItem {
    fn attempt(&self) -> u32 {
        match self {
            Self::Whole(claim) => claim.attempt,
            Self::Segment(claim) => claim.attempt,
        }
    }

    fn attempts_since_queued(&self) -> u32 {
        match self {
            Self::Whole(claim) => claim.attempts_since_queued,
            Self::Segment(claim) => claim.attempt,
        }
    }

    fn deaths_at_one_place(&self) -> u32 {
        match self {
            Self::Whole(claim) => claim.deaths_at_one_place,
            Self::Segment(claim) => claim.deaths_at_one_place,
        }
    }

    fn traceparent(&self) -> Option<&str> {
        self.job().traceparent.as_deref()
    }
}

/// How long files are kept after a conversion.
#[derive(Debug, Clone, Copy)]
pub struct KeepFiles {
    /// After a successful one.
    pub retention: Retention,
    /// The video of one that was given up, for an operator.
    pub failed_video: Duration,
}

/// The queue of conversions and segments. Both take turns, so that neither waits for
/// all of the other.
#[derive(Debug)]
pub struct Conversions<'q, R: Redis> {
    client: &'q QueueClient<R>,
    worker: String,
    lease: Duration,
    keep: KeepFiles,
    segment_is_next: Cell<bool>,
}

impl<'q, R: Redis> Conversions<'q, R> {
    /// The queue for the worker of this name; a claim lasts for `lease`.
    pub fn new(
        client: &'q QueueClient<R>,
        worker: String,
        lease: Duration,
        keep: KeepFiles,
    ) -> Self {
        Self {
            client,
            worker,
            lease,
            keep,
            segment_is_next: Cell::new(true),
        }
    }

    /// The connection.
    pub fn client(&self) -> &'q QueueClient<R> {
        self.client
    }

    fn claim_one(&self, segment: bool) -> Result<Option<ConversionItem>, JobsError> {
        let (worker, lease) = (&self.worker, self.lease);
        if segment {
            let claim = self.client.call(|jobs| jobs.claim_segment(worker, lease))?;
            return Ok(claim.map(ConversionItem::Segment));
        }
        let claim = self
            .client
            .call(|jobs| jobs.claim(Name::Convert, worker, lease))?;
        Ok(claim.map(ConversionItem::Whole))
    }
}

impl<R: Redis> Queue for Conversions<'_, R> {
    type Item = ConversionItem;
    type Product = Mp3;

    fn claim(&self) -> Result<Option<ConversionItem>, JobsError> {
        let next = self.segment_is_next.get();
        for segment in [next, !next] {
            if let Some(item) = self.claim_one(segment)? {
                self.segment_is_next.set(!segment);
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    fn done(&self, item: &ConversionItem, mp3: &Mp3) -> Result<Fence, JobsError> {
        let retention = self.keep.retention;
        self.client.call_with_retries(|jobs| match item {
            ConversionItem::Whole(claim) => jobs.converted(claim, mp3, retention),
            ConversionItem::Segment(claim) => jobs.joined(claim, mp3, retention),
        })
    }

    fn retry_later(
        &self,
        item: &ConversionItem,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        self.client.call_with_retries(|jobs| match item {
            ConversionItem::Whole(claim) => jobs.retry_later(claim, failure, pause),
            ConversionItem::Segment(claim) => jobs.retry_segment_later(claim, failure, pause),
        })
    }

    fn failed(
        &self,
        item: &ConversionItem,
        failure: &Failure,
        tracks: &[AudioTrack],
        ending: Ending,
    ) -> Result<Fence, JobsError> {
        let keep = (ending == Ending::GaveUp).then_some(self.keep.failed_video);
        self.client.call_with_retries(|jobs| match item {
            ConversionItem::Whole(claim) => jobs.failed(claim, failure, tracks, keep),
            ConversionItem::Segment(claim) => jobs.segment_failed(claim, failure, tracks, keep),
        })
    }
}

impl<R: Redis> Leases for Conversions<'_, R> {
    type Item = ConversionItem;

    fn renew(
        &self,
        item: &ConversionItem,
        lease: Duration,
        progress: f32,
    ) -> Result<Fence, JobsError> {
        self.client.call(|jobs| match item {
            ConversionItem::Whole(claim) => jobs.renew(claim, lease, progress),
            ConversionItem::Segment(claim) => jobs.renew_segment(claim, lease, progress),
        })
    }

    fn set_place(&self, item: &ConversionItem, place: u64) -> Result<Fence, JobsError> {
        self.client.call(|jobs| match item {
            ConversionItem::Whole(claim) => jobs.set_place(claim, place),
            ConversionItem::Segment(claim) => jobs.set_segment_place(claim, place),
        })
    }

    fn stage(&self, blob: &str, lifetime: Duration) -> Result<(), JobsError> {
        self.client.call(|jobs| jobs.stage(&[blob], lifetime))
    }

    fn forget_blob(&self, blob: &str) -> Result<(), JobsError> {
        self.client.call(|jobs| jobs.forget_blob(blob))
    }
}
