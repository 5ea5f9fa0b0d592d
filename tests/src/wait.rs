//! Waiting for a condition, with a deadline.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a test waits for anything. Far more than needed, even on a busy machine: a
/// deadline ends a hang and does not measure speed.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The polling interval: short enough to go unnoticed, long enough to cost little.
const PAUSE: Duration = Duration::from_millis(20);

/// Polls until there is a result.
///
/// For state that does not announce its changes, such as a job behind HTTP. Panics with
/// `what` when the deadline passes.
pub fn until<T>(what: &str, poll: impl FnMut() -> Option<T>) -> T {
    until_within(DEADLINE, what, poll)
}

/// [`until`] with a deadline of its own.
pub fn until_within<T>(limit: Duration, what: &str, mut poll: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(seen) = poll() {
            return seen;
        }
        assert!(
            Instant::now() < deadline,
            "waited {limit:?} in vain for {what}"
        );
        sleep(PAUSE);
    }
}
