//! The one step of an upload whose outcome must be known: making jobs of it.
//!
//! When Redis goes away in the middle of it, it may be done or not. Asked again,
//! Redis says so, and does it if it was not; so that a moment's outage costs
//! nobody an upload, and nobody is told "no" who has a job.

use std::time::Duration;

use tonearm_jobs::{Accepted, Jobs, JobsError, NewJob, Uploader};
use tonearm_spin_runtime::queue::{self, Connected, OpenError};

use crate::error::Error;

/// Pauses before asking again, in milliseconds: a whole upload hangs on it, and
/// a store that is started again is back within them.
const PAUSES_MS: [u64; 6] = [0, 500, 1000, 2000, 4000, 8000];

/// Records `files` as jobs, all or none.
///
/// # Errors
/// [`Error::InDoubt`] where it cannot be found out whether they are. After any
/// other they are not.
pub fn accept(
    jobs: &mut Jobs<Connected>,
    uploader: &Uploader,
    files: &[NewJob],
    max_active: u64,
) -> Result<Accepted, Error> {
    // The connection may have broken while the bytes came in. Nothing has been
    // asked yet, so this is no doubt.
    if jobs.ping().is_err() {
        *jobs = queue::open()?;
    }
    let mut answer = jobs.accept(uploader, files, max_active);
    for pause in PAUSES_MS {
        let Err(JobsError::Redis(error)) = answer else {
            return Ok(answer?);
        };
        eprintln!("asking again whether an upload was accepted: {error}");
        std::thread::sleep(Duration::from_millis(pause));
        match queue::open() {
            Ok(connected) => *jobs = connected,
            Err(OpenError::Config(error)) => return Err(error.into()),
            Err(OpenError::Redis(error)) => {
                answer = Err(JobsError::Redis(error));
                continue;
            }
        }
        answer = jobs.accept(uploader, files, max_active);
        // It is there and says no: that is no doubt either.
        if answer.is_err() && jobs.ping().is_ok() {
            return Ok(answer?);
        }
    }
    match answer {
        Err(JobsError::Redis(error)) => Err(Error::InDoubt(error)),
        answer => Ok(answer?),
    }
}
