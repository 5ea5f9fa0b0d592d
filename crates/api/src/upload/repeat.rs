//! Steps on the queue although the connection to it may break.
//!
//! When the connection breaks during the call, the step may have been taken or not. The call
//! is repeated on a new connection: the queue takes each of these steps once. A short outage
//! therefore costs no upload, and no client is refused whose jobs exist.

use std::time::Duration;

use tonearm_jobs::JobsError;

use crate::token_watch::TokenWatch;
use crate::{Error, JobQueue, Platform};

/// Pauses before each repetition, in milliseconds. A restarted Redis is back within
/// their sum.
const PAUSES_MS: [u64; 6] = [0, 500, 1000, 2000, 4000, 8000];

/// Takes the step that creates jobs, unless the token was revoked during the upload.
/// Replaces `queue` when its connection is broken.
///
/// # Errors
/// [`Error::UploadInDoubt`] if the outcome is unknown. After any other error there
/// are no jobs.
pub(crate) fn accept<P: Platform, T>(
    platform: &P,
    queue: &mut P::Queue,
    token: &TokenWatch<'_, P>,
    step: impl Fn(&P::Queue) -> Result<T, JobsError>,
) -> Result<T, Error> {
    // The connection may have broken during the upload. Nothing has been sent on it
    // yet, so the outcome is not in doubt.
    match token.check() {
        Err(Error::QueueUnavailable(_)) => {
            *queue = platform.reconnect()?;
            token.check()?;
        }
        checked => checked?,
    }
    repeat(platform, queue, step)
}

/// Takes a step that may be taken again. Replaces `queue` when its connection is broken.
///
/// # Errors
/// [`Error::UploadInDoubt`] if the outcome is unknown.
pub(crate) fn repeat<P: Platform, T>(
    platform: &P,
    queue: &mut P::Queue,
    step: impl Fn(&P::Queue) -> Result<T, JobsError>,
) -> Result<T, Error> {
    let mut result = step(queue);
    for pause in PAUSES_MS {
        let Err(JobsError::Redis(error)) = result else {
            return Ok(result?);
        };
        eprintln!("repeating a step of an upload: {error}");
        platform.sleep(Duration::from_millis(pause));
        match platform.reconnect() {
            Ok(connected) => *queue = connected,
            Err(Error::QueueUnavailable(error)) => {
                result = Err(JobsError::Redis(error));
                continue;
            }
            Err(error) => return Err(error),
        }
        result = step(queue);
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
