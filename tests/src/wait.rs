//! Waiting for a condition, with a deadline.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up. Far beyond what it takes,
/// also on a busy machine: a deadline ends a hang and judges no speed.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Between two looks. Short enough not to be felt, long enough not to be the
/// load.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is something to see.
///
/// For what cannot announce itself, such as a job's state behind HTTP. Panics
/// with `what` when the deadline passes.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(DEADLINE, what, look)
}

/// [`until`] with a deadline of its own.
pub fn until_within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(
            Instant::now() < deadline,
            "waited {limit:?} in vain for {what}"
        );
        sleep(PAUSE);
    }
}
