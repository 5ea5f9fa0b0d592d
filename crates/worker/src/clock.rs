//! Time and chance, which tests control.

use std::time::{Duration, Instant};

/// Time and chance.
pub trait Clock {
    /// The time since a fixed moment; never goes backwards.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, pause: Duration);

    /// A random number from 0 to 1.
    fn jitter(&self) -> f64;
}

/// The clock of the system.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }

    fn jitter(&self) -> f64 {
        let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
        high as f64 / u64::MAX as f64
    }
}
