//! Exponential backoff with jitter.

use std::time::Duration;

/// The first pause: long enough for a restarting store to come back.
const FIRST: Duration = Duration::from_secs(2);
/// The longest pause: after an operator has repaired something, work should resume
/// soon.
const LONGEST: Duration = Duration::from_secs(600);

/// The pause after failed attempt number `attempt`, from one: it doubles from two
/// seconds to ten minutes. The random `jitter`, 0 to 1, shortens it by up to half, so
/// that work that failed together is not retried together.
pub fn retry_delay(attempt: u32, jitter: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let full = (FIRST * 2u32.pow(doublings)).min(LONGEST);
    full.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_limit() {
        let delays: Vec<_> = (1..=10).map(|n| retry_delay(n, 0.0).as_secs()).collect();
        assert_eq!(delays, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600]);
        assert_eq!(retry_delay(u32::MAX, 0.0), LONGEST);
    }

    #[test]
    fn jitter_shortens_the_pause_by_up_to_half() {
        assert_eq!(retry_delay(2, 1.0), Duration::from_secs(2));
        assert_eq!(retry_delay(2, f64::NAN.max(0.5)), Duration::from_secs(3));
    }
}
