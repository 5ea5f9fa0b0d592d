//! Converts numbers of samples to durations and to other rates.

use std::time::Duration;

/// The duration of a number of samples per channel at a rate in Hz.
pub(crate) fn duration(samples: u64, rate: u32) -> Duration {
    let rate = u64::from(rate.max(1));
    let nanoseconds = samples % rate * 1_000_000_000 / rate;
    Duration::from_secs(samples / rate) + Duration::from_nanos(nanoseconds)
}

/// A number of samples at one rate as samples at another, rounded down.
pub(crate) fn rescale(samples: u64, from: u32, to: u32) -> u64 {
    let scaled = u128::from(samples) * u128::from(to) / u128::from(from.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// Greatest common divisor, at least 1.
pub(crate) fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}
