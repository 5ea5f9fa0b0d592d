//! Holding on to a claim while the conversion runs.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tonearm_jobs::Fence;
use tonearm_spin_runtime::queue_client::QueueClient;

use crate::held::Held;
use crate::settings::Settings;

/// How often progress is written at most. Users look about once a second.
const WRITE_PROGRESS: Duration = Duration::from_secs(1);
/// How long the MP3's blob may go without a sign of life before it is litter:
/// several leases, so that a paused worker that comes back in time still wins.
const STAGED: Duration = Duration::from_secs(15 * 60);

/// Why a conversion was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The job was deleted or is somebody else's by now.
    Lost,
    /// It takes longer than it may.
    TooLong,
}

/// Renews the lease, the staging and the progress as the conversion goes.
pub struct Watch<'w> {
    client: &'w QueueClient,
    held: Held<'w>,
    blob: &'w str,
    lease: Duration,
    deadline: Instant,
    written: Instant,
    /// Set when the conversion is told to stop.
    pub stopped: Option<Stopped>,
}

impl<'w> Watch<'w> {
    /// Watches over the claim, and stages the blob that is about to be written.
    pub fn start(
        client: &'w QueueClient,
        held: Held<'w>,
        blob: &'w str,
        settings: &Settings,
    ) -> Result<Self, tonearm_jobs::JobsError> {
        client.call(|jobs| jobs.stage(&[blob], STAGED))?;
        let now = Instant::now();
        Ok(Self {
            client,
            held,
            blob,
            lease: settings.lease,
            deadline: now + settings.longest,
            written: now,
            stopped: None,
        })
    }

    /// The blob that is being written.
    pub fn blob(&self) -> &'w str {
        self.blob
    }

    /// Called by the conversion every so often, with how far it is, 0 to 1.
    pub fn on_progress(&mut self, progress: f32) -> ControlFlow<()> {
        if Instant::now() > self.deadline {
            self.stopped = Some(Stopped::TooLong);
            return ControlFlow::Break(());
        }
        if self.written.elapsed() < WRITE_PROGRESS.min(self.lease / 4) {
            return ControlFlow::Continue(());
        }
        self.written = Instant::now();
        let renewed = self
            .held
            .renew(self.client, self.lease, progress)
            .and_then(|hold| {
                if hold == Fence::Held {
                    self.client.call(|jobs| jobs.stage(&[self.blob], STAGED))?;
                }
                Ok(hold)
            });
        match renewed {
            Ok(Fence::Held) => ControlFlow::Continue(()),
            Ok(Fence::Lost) => {
                self.stopped = Some(Stopped::Lost);
                ControlFlow::Break(())
            }
            // Work goes on while Redis is away; whether it was in vain is found
            // out when it is back.
            Err(error) => {
                eprintln!("{}: lease not renewed: {error}", self.held);
                ControlFlow::Continue(())
            }
        }
    }
}
