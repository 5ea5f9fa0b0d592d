//! The part of a file to convert, and its format.

use tonearm_media_core::TrackSelector;

use std::time::Duration;

/// What becomes of time without audio: before a late start, between packets, and between
/// edits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gaps {
    /// Silence, so that the output has the time axis of a player.
    #[default]
    Keep,
    /// Nothing: the audio is joined. Timestamps are ignored.
    Close,
}

/// The part of a file to convert, and its format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// The audio track.
    pub track: TrackSelector,
    /// Whether to downmix to one channel.
    pub mono: bool,
    /// Start of the part.
    pub start: Duration,
    /// End of the part; `None` for the end of the file.
    pub end: Option<Duration>,
    /// Factor for every sample; `None` for 1.
    pub gain: Option<f32>,
    /// What becomes of gaps.
    pub gaps: Gaps,
}

impl Selection {
    /// The selected part in samples per channel at `rate`: the first sample, and the first
    /// one after the part.
    pub(crate) fn range(&self, rate: u32) -> (u64, u64) {
        let samples = |time: Duration| {
            let nanoseconds = time.as_nanos() * u128::from(rate);
            u64::try_from((nanoseconds + 500_000_000) / 1_000_000_000).unwrap_or(u64::MAX)
        };
        (samples(self.start), self.end.map_or(u64::MAX, samples))
    }
}
