//! Accepting an upload although the connection to the queue may break.
//!
//! When the connection breaks during the call, the jobs may exist or not. The call is
//! repeated on a new connection: the queue accepts each upload once. A short outage
//! therefore costs no upload, and no client is refused whose jobs exist.

use std::time::Duration;

use tonearm_jobs::{Accepted, JobsError, NewJob, Uploader};

use crate::token_watch::TokenWatch;
use crate::{Error, JobQueue, Platform};

/// Pauses before each repetition, in milliseconds. A restarted Redis is back within
/// their sum.
const PAUSES_MS: [u64; 6] = [0, 500, 1000, 2000, 4000, 8000];

/// Records `files` as jobs, all or none, unless the token was revoked during the upload.
/// Replaces `queue` when its connection is broken.
///
/// # Errors
/// [`Error::UploadInDoubt`] if the outcome is unknown. After any other error there
/// are no jobs.
pub(super) fn accept_with_retry<P: Platform>(
    platform: &P,
    queue: &mut P::Queue,
    token: &TokenWatch<'_, P>,
    uploader: &Uploader,
    files: &[NewJob],
    max_active: u64,
) -> Result<Accepted, Error> {
    // The connection may have broken during the upload. Nothing has been sent on it
    // yet, so the outcome is not in doubt.
    match token.check() {
        Err(Error::QueueUnavailable(_)) => {
            *queue = platform.reconnect()?;
            token.check()?;
        }
        checked => checked?,
    }
    let mut result = queue.accept(uploader, files, max_active);
    for pause in PAUSES_MS {
        let Err(JobsError::Redis(error)) = result else {
            return Ok(result?);
        };
        eprintln!("repeating the acceptance of an upload: {error}");
        platform.sleep(Duration::from_millis(pause));
        match platform.reconnect() {
            Ok(connected) => *queue = connected,
            Err(Error::QueueUnavailable(error)) => {
                result = Err(JobsError::Redis(error));
                continue;
            }
            Err(error) => return Err(error),
        }
        result = queue.accept(uploader, files, max_active);
        // Redis is available and refuses: the outcome is known.
        if result.is_err() && queue.ping().is_ok() {
            return Ok(result?);
        }
    }
    match result {
        Err(JobsError::Redis(error)) => Err(Error::UploadInDoubt(error)),
        result => Ok(result?),
    }
}
