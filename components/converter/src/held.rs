//! What a worker holds: a whole conversion, or a segment of one.

use std::fmt;
use std::time::Duration;

use tonearm_jobs::{Claim, Failure, Fence, Job, JobsError, Mp3, Retention, SegmentClaim};
use tonearm_spin_runtime::queue_client::QueueClient;

impl fmt::Display for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(claim) => write!(f, "{}", claim.job.id),
            Self::Segment(claim) => {
                let (id, number) = (claim.job.id, claim.number + 1);
                write!(f, "{id}, segment {number} of {}", claim.count)
            }
        }
    }
}

/// A claim of either kind.
#[derive(Debug, Clone, Copy)]
pub enum Held<'c> {
    /// On a whole conversion.
    Whole(&'c Claim),
    /// On a segment.
    Segment(&'c SegmentClaim),
}

impl<'c> Held<'c> {
    /// The job that it is about.
    pub fn job(self) -> &'c Job {
        match self {
            Self::Whole(claim) => &claim.job,
            Self::Segment(claim) => &claim.job,
        }
    }

    /// Extends the lease and notes progress, 0 to 1.
    pub fn renew(
        self,
        client: &QueueClient,
        lease: Duration,
        progress: f32,
    ) -> Result<Fence, JobsError> {
        client.call(|jobs| match self {
            Self::Whole(claim) => jobs.renew(claim, lease, progress),
            Self::Segment(claim) => jobs.renew_segment(claim, lease, progress),
        })
    }

    /// The number that fences it.
    pub fn attempt(self) -> u32 {
        match self {
            Self::Whole(claim) => claim.attempt,
            Self::Segment(claim) => claim.attempt,
        }
    }

    /// Which try it is since the work was queued, from one.
    pub fn tries(self) -> u32 {
        match self {
            Self::Whole(claim) => claim.attempts_since_queued,
            Self::Segment(claim) => claim.attempt,
        }
    }

    /// The MP3 is stored: the conversion is done.
    pub fn converted(
        self,
        client: &QueueClient,
        mp3: &Mp3,
        retention: Retention,
    ) -> Result<Fence, JobsError> {
        client.call_with_retries(|jobs| match self {
            Self::Whole(claim) => jobs.converted(claim, mp3, retention),
            Self::Segment(claim) => jobs.joined(claim, mp3, retention),
        })
    }

    /// The conversion has failed for good.
    pub fn failed(
        self,
        client: &QueueClient,
        failure: &Failure,
        keep_video: Option<Duration>,
    ) -> Result<Fence, JobsError> {
        client.call_with_retries(|jobs| match self {
            Self::Whole(claim) => jobs.failed(claim, failure, keep_video),
            Self::Segment(claim) => jobs.segment_failed(claim, failure, keep_video),
        })
    }

    /// This attempt has failed, the next may not.
    pub fn retry_later(
        self,
        client: &QueueClient,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        client.call_with_retries(|jobs| match self {
            Self::Whole(claim) => jobs.retry_later(claim, failure, pause),
            Self::Segment(claim) => jobs.retry_segment_later(claim, failure, pause),
        })
    }

    /// A name for a blob that this attempt writes. A late worker spoils nothing,
    /// for each attempt has its own; the random part keeps an operator's requeue
    /// from meeting old chunks.
    pub fn blob(self) -> String {
        let suffix = uuid::Uuid::new_v4().simple().to_string();
        let suffix = &suffix[..8];
        match self {
            Self::Whole(claim) => format!("mp3/{}/{}-{suffix}", claim.job.id, claim.attempt),
            Self::Segment(claim) => format!(
                "mp3/{}/segment-{}-{}-{suffix}",
                claim.job.id, claim.number, claim.attempt
            ),
        }
    }
}
