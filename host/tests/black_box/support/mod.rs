//! Runtimes, manifests and Redis servers for the checks.

mod manifest;
mod redis;
mod runtime;

use std::time::{Duration, Instant};

pub use self::manifest::Manifest;
pub use self::redis::Redis;
pub use self::runtime::{Host, is_spin, refusal, refusal_in, spin_major};

/// Ends a check that waits in vain, also on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Marks a check on which Spin behaves differently, and skips it there. The reason stands
/// in `docs/conformance.md`. `CHECK_DIFFERENCES=1` runs it on Spin all the same.
macro_rules! differs_on_spin {
    ($reason:literal) => {
        if $crate::support::skipped_on_spin($reason) {
            return;
        }
    };
}

/// [`differs_on_spin`] for Spin 3 only.
macro_rules! differs_on_spin_3 {
    ($reason:literal) => {
        if $crate::support::spin_major() == Some(3) && $crate::support::skipped_on_spin($reason) {
            return;
        }
    };
}

/// Marks a check of a feature that only the project's host has, and skips it on Spin. The
/// reason stands in `docs/conformance.md`.
macro_rules! host_feature {
    ($reason:literal) => {
        if $crate::support::is_spin() {
            eprintln!("skipped on Spin: {}", $reason);
            return;
        }
    };
}

pub fn skipped_on_spin(reason: &str) -> bool {
    let skipped = is_spin() && std::env::var_os("CHECK_DIFFERENCES").is_none();
    if skipped {
        eprintln!("skipped on Spin: {reason}");
    }
    skipped
}

/// A client that returns responses of any status.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(DEADLINE))
        .build()
        .into()
}

/// Polls until there is a result.
pub fn wait_for<T>(what: &str, mut poll: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
