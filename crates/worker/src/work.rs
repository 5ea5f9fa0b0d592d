//! The work itself.

use std::time::Duration;

use tonearm_jobs::{AudioTrack, Failure};

/// What a service does with an item.
pub trait Work {
    /// What is claimed.
    type Item;
    /// The result of a successful attempt.
    type Product;

    /// Makes one attempt.
    fn attempt(&self, item: &Self::Item) -> Outcome<Self::Product>;

    /// The failure of work that is given up. `last` is why the last attempt failed;
    /// `None` if the attempts ended in a trap or a kill.
    fn gave_up(&self, last: Option<&Failure>) -> Failure;

    /// Called after each item, whatever its outcome.
    fn after_item(&self) {}
}

/// The outcome of one attempt.
#[derive(Debug)]
pub enum Outcome<P> {
    /// The attempt succeeded, and its result is to be recorded.
    Done {
        /// The result.
        product: P,
        /// For the log, as `key=value`.
        note: String,
    },
    /// The attempt succeeded and recorded its result itself, so the claim has ended.
    Recorded {
        /// For the log.
        note: String,
    },
    /// The claim was lost.
    Lost,
    /// The attempt failed.
    Failed(AttemptError),
}

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptError {
    /// For the owner of the file.
    pub failure: Failure,
    /// For the log.
    pub detail: String,
    /// Whether another attempt may succeed.
    pub retry: Retry,
    /// The audio tracks that were found in the file.
    pub tracks: Vec<AudioTrack>,
}

/// Whether another attempt may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Another attempt would fail in the same way.
    Never,
    /// Another attempt may succeed, after the usual pause but not before this time.
    NotBefore(Duration),
}

impl Retry {
    /// Another attempt may succeed after the usual pause.
    pub const LATER: Self = Self::NotBefore(Duration::ZERO);
}
