//! The queue as a worker uses it.

use std::fmt::Display;
use std::time::Duration;

use tonearm_jobs::{AudioTrack, Failure, Fence, JobsError};

/// A claimed piece of work. Its text names it in the log.
pub trait Item: Display {
    /// The number of this attempt, which fences.
    fn attempt(&self) -> u32;

    /// The number of this attempt since the work was queued, from one.
    fn attempts_since_queued(&self) -> u32;

    /// The number of attempts in a row, up to the last one, that ended in a trap or a kill
    /// at the same place of the work.
    fn deaths_at_one_place(&self) -> u32;

    /// W3C trace context of the upload.
    fn traceparent(&self) -> Option<&str>;
}

/// How work ends without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Another attempt would fail in the same way.
    Permanent,
    /// Too many attempts failed. An operator may requeue the work.
    GaveUp,
}

/// A queue of items. Each step after the claim checks that the claim is still held.
pub trait Queue {
    /// What is claimed.
    type Item: Item;
    /// The result of a successful attempt.
    type Product;

    /// Claims one due item, if there is one.
    fn claim(&self) -> Result<Option<Self::Item>, JobsError>;

    /// Records the result.
    fn done(&self, item: &Self::Item, product: &Self::Product) -> Result<Fence, JobsError>;

    /// Records a failed attempt; the item is due again after `pause`.
    fn retry_later(
        &self,
        item: &Self::Item,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError>;

    /// Records that the work has failed, and the audio tracks that were found in the file.
    fn failed(
        &self,
        item: &Self::Item,
        failure: &Failure,
        tracks: &[AudioTrack],
        ending: Ending,
    ) -> Result<Fence, JobsError>;
}

/// The steps that keep a claim and the blob that its attempt writes.
pub trait Leases {
    /// What is claimed.
    type Item: Item;

    /// Extends the lease to `lease` from now and sets the progress, 0 to 1.
    fn renew(&self, item: &Self::Item, lease: Duration, progress: f32) -> Result<Fence, JobsError>;

    /// Records how far the attempt has come, in steps that depend on the work alone.
    fn set_place(&self, item: &Self::Item, place: u64) -> Result<Fence, JobsError>;

    /// Lets the blob expire after `lifetime`, unless a later step needs it.
    fn stage(&self, blob: &str, lifetime: Duration) -> Result<(), JobsError>;

    /// Forgets a blob that was deleted or never written.
    fn forget_blob(&self, blob: &str) -> Result<(), JobsError>;
}
