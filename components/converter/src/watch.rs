//! Holding on to a claim while the conversion runs.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tonearm_jobs::{Claim, Hold};
use tonearm_media::Progress;

use tonearm_shell::line::Line;

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
    line: &'w Line,
    claim: &'w Claim,
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
        line: &'w Line,
        claim: &'w Claim,
        blob: &'w str,
        settings: &Settings,
    ) -> Result<Self, tonearm_jobs::JobsError> {
        line.ask(|jobs| jobs.stage(&[blob], STAGED))?;
        let now = Instant::now();
        Ok(Self {
            line,
            claim,
            blob,
            lease: settings.lease,
            deadline: now + settings.longest,
            written: now,
            stopped: None,
        })
    }

    /// Called by the conversion every so often.
    pub fn on_progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if Instant::now() > self.deadline {
            self.stopped = Some(Stopped::TooLong);
            return ControlFlow::Break(());
        }
        if self.written.elapsed() < WRITE_PROGRESS.min(self.lease / 4) {
            return ControlFlow::Continue(());
        }
        self.written = Instant::now();
        let renewed = self.line.ask(|jobs| {
            let hold = jobs.renew(self.claim, self.lease, progress.fraction)?;
            if hold == Hold::Kept {
                jobs.stage(&[self.blob], STAGED)?;
            }
            Ok(hold)
        });
        match renewed {
            Ok(Hold::Kept) => ControlFlow::Continue(()),
            Ok(Hold::Lost) => {
                self.stopped = Some(Stopped::Lost);
                ControlFlow::Break(())
            }
            // Work goes on while Redis is away; whether it was in vain is found
            // out when it is back.
            Err(error) => {
                eprintln!("{}: lease not renewed: {error}", self.claim.job.id);
                ControlFlow::Continue(())
            }
        }
    }
}
