//! Which part of a file is wanted, and in which shape.

use tonearm_media_core::TrackSelector;

use std::time::Duration;

/// Which part of a file is wanted, and in which shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// The audio track.
    pub track: TrackSelector,
    /// Whether to downmix to one channel.
    pub mono: bool,
    /// Where to begin; what lies before is left out.
    pub start: Duration,
    /// Where to end; at the end of the file where absent.
    pub end: Option<Duration>,
    /// Factor for every sample, 1 where absent.
    pub gain: Option<f32>,
}

impl Selection {
    /// The selected part as samples per channel at `rate`: the first, and the
    /// first after it.
    pub(crate) fn range(&self, rate: u32) -> (u64, u64) {
        let samples = |time: Duration| {
            let nanoseconds = time.as_nanos() * u128::from(rate);
            u64::try_from((nanoseconds + 500_000_000) / 1_000_000_000).unwrap_or(u64::MAX)
        };
        (samples(self.start), self.end.map_or(u64::MAX, samples))
    }
}
