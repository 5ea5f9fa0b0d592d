//! Keeping a claim during an attempt.

use std::ops::ControlFlow;
use std::time::Duration;

use tonearm_jobs::{Fence, JobsError};

use crate::{Clock, Leases};

/// The shortest time between two renewals. Users look at the progress about once a
/// second.
const INTERVAL: Duration = Duration::from_secs(1);
/// The lifetime of an output blob without renewals: several leases, so that a worker
/// that was paused and still holds its claim finds its blob.
const STAGED: Duration = Duration::from_secs(15 * 60);

/// Steps between two recorded places: some seconds of audio. The first steps are recorded
/// at every power of two.
const PLACE_STEPS: u64 = 64;

/// Why the keeper stopped an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The claim is lost: the job was deleted, or another worker has it.
    Lost,
    /// The attempt takes longer than it may.
    TooLong,
}

/// Renews the lease and keeps the output blob staged while an attempt progresses.
pub struct LeaseKeeper<'k, L: Leases> {
    leases: &'k L,
    clock: &'k dyn Clock,
    item: &'k L::Item,
    blob: &'k str,
    lease: Duration,
    deadline: Duration,
    renewed: Duration,
    steps: u64,
    stopped: Option<Stopped>,
}

impl<L: Leases> std::fmt::Debug for LeaseKeeper<'_, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("LeaseKeeper");
        shown
            .field("blob", &self.blob)
            .field("stopped", &self.stopped);
        shown.finish_non_exhaustive()
    }
}

impl<'k, L: Leases> LeaseKeeper<'k, L> {
    /// Stages `blob`, which the attempt is about to write. Each renewal extends the
    /// lease by `lease`; the attempt may take `longest`.
    pub fn start(
        leases: &'k L,
        clock: &'k dyn Clock,
        item: &'k L::Item,
        blob: &'k str,
        lease: Duration,
        longest: Duration,
    ) -> Result<Self, JobsError> {
        leases.stage(blob, STAGED)?;
        let now = clock.now();
        let keeper = Self {
            leases,
            clock,
            item,
            blob,
            lease,
            deadline: now + longest,
            renewed: now,
            steps: 0,
            stopped: None,
        };
        keeper.record_place();
        Ok(keeper)
    }

    /// The output blob.
    pub fn blob(&self) -> &'k str {
        self.blob
    }

    /// Why the keeper stopped the attempt, if it did.
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// The attempt calls this every so often with its progress, 0 to 1, and stops on
    /// [`ControlFlow::Break`].
    pub fn on_progress(&mut self, progress: f32) -> ControlFlow<()> {
        self.steps += 1;
        if self.steps.is_power_of_two() || self.steps.is_multiple_of(PLACE_STEPS) {
            self.record_place();
        }
        let now = self.clock.now();
        if now > self.deadline {
            return self.stop(Stopped::TooLong);
        }
        if now - self.renewed < INTERVAL.min(self.lease / 4) {
            return ControlFlow::Continue(());
        }
        self.renewed = now;
        match self.renew(progress) {
            Ok(Fence::Held) => ControlFlow::Continue(()),
            Ok(Fence::Lost) => self.stop(Stopped::Lost),
            // The attempt continues while Redis is away. Its last step finds out
            // whether the claim was kept.
            Err(error) => {
                eprintln!("{}: lease not renewed: {error}", self.item);
                ControlFlow::Continue(())
            }
        }
    }

    /// Records how far the attempt has come. If it ends in a trap, the next one does so at
    /// the same place, which tells it from a kill.
    fn record_place(&self) {
        if let Err(error) = self.leases.set_place(self.item, self.steps) {
            eprintln!("{}: place not recorded: {error}", self.item);
        }
    }

    fn renew(&self, progress: f32) -> Result<Fence, JobsError> {
        let fence = self.leases.renew(self.item, self.lease, progress)?;
        if fence == Fence::Held {
            self.leases.stage(self.blob, STAGED)?;
        }
        Ok(fence)
    }

    fn stop(&mut self, why: Stopped) -> ControlFlow<()> {
        self.stopped = Some(why);
        ControlFlow::Break(())
    }
}
