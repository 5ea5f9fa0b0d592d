//! Limits on the resources that a file may use.

use crate::error::{FileError, Limit, Result};
use crate::track::Track;

/// Limits that are checked against the headers of a file, and again during decoding, since
/// headers may be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file in bytes.
    pub max_bytes: u64,
    /// Longest audio in seconds.
    pub max_seconds: u64,
    /// Most channels of the audio track, before the downmix.
    pub max_channels: u16,
    /// Highest sample rate of the audio track in Hz, before resampling.
    pub max_sample_rate: u32,
    /// Most decoded samples, summed over all channels.
    pub max_samples: u64,
    /// Most items of the container. Two counts have this limit: boxes, elements and table
    /// entries; and steps of the demuxer.
    pub max_items: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The default upload limit.
            max_bytes: 2 << 30,
            // 12 hours: a long recording, a night's radio.
            max_seconds: 12 * 3600,
            // Ambisonics of the seventh order. ffmpeg decodes as many.
            max_channels: 64,
            // DSD512, decoded to an eighth of its rate. Recorders and DVDs use up to 192 kHz.
            max_sample_rate: 2_822_400,
            // 12 hours of 5.1 at 96 kHz.
            max_samples: 12 * 3600 * 6 * 96_000,
            // 12 hours of AAC at 96 kHz have 4 million packets with entries in two tables
            // each; 2 GiB of a transport stream have 11 million packets.
            max_items: 50_000_000,
        }
    }
}

impl Limits {
    /// Checks the parameters of a track that the container states, before its decoder is
    /// opened.
    ///
    /// # Errors
    /// `OverLimit`.
    pub fn check_header(&self, track: &Track) -> Result<()> {
        let channels = track.params.channel_count().unwrap_or(0);
        self.check_shape(track.params.sample_rate.unwrap_or(0), channels)?;
        match track.seconds > Some(self.max_seconds as f64) {
            true => over(Limit::Seconds, self.max_seconds),
            false => Ok(()),
        }
    }

    /// Checks a sample rate in Hz and a number of channels, as stated or as
    /// decoded.
    ///
    /// # Errors
    /// `OverLimit`.
    pub fn check_shape(&self, rate: u32, channels: usize) -> Result<()> {
        let max_channels = u64::from(self.max_channels);
        within(Limit::Channels, channels as u64, max_channels)?;
        let max_rate = u64::from(self.max_sample_rate);
        within(Limit::SampleRate, u64::from(rate), max_rate)
    }

    /// Checks the size of a file in bytes.
    ///
    /// # Errors
    /// `OverLimit`.
    pub fn check_bytes(&self, bytes: u64) -> Result<()> {
        within(Limit::Bytes, bytes, self.max_bytes)
    }
}

/// Counts decoded audio against the limits.
#[derive(Debug)]
pub struct LimitCounter {
    limits: Limits,
    seconds: f64,
    samples: u64,
    steps: u64,
}

impl LimitCounter {
    /// A counter at zero.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            seconds: 0.0,
            samples: 0,
            steps: 0,
        }
    }

    /// A counter at zero with the same limits.
    #[must_use]
    pub fn restarted(&self) -> Self {
        Self::new(&self.limits)
    }

    /// Adds a step of the demuxer.
    ///
    /// # Errors
    /// `OverLimit`.
    #[inline]
    pub fn add_step(&mut self) -> Result<()> {
        self.steps += 1;
        within(Limit::Items, self.steps, self.limits.max_items)
    }

    /// Adds a decoded packet: samples per channel, sample rate in Hz, channels.
    ///
    /// # Errors
    /// `OverLimit`.
    pub fn add(&mut self, frames: u64, rate: u32, channels: usize) -> Result<()> {
        let limits = &self.limits;
        limits.check_shape(rate, channels)?;
        self.seconds += frames as f64 / f64::from(rate.max(1));
        let seconds = self.seconds.floor() as u64;
        within(Limit::Seconds, seconds, limits.max_seconds)?;
        let samples = frames.saturating_mul(channels as u64);
        self.samples = self.samples.saturating_add(samples);
        within(Limit::Samples, self.samples, limits.max_samples)
    }
}

/// Fails if `amount` exceeds `limit`.
fn within(what: Limit, amount: u64, limit: u64) -> Result<()> {
    match amount <= limit {
        true => Ok(()),
        false => over(what, limit),
    }
}

fn over<T>(what: Limit, limit: u64) -> Result<T> {
    Err(FileError::OverLimit { what, limit })
}
