//! The formats of a source: what is in the file, and what comes out of it.

use std::time::Duration;

use tonearm_media_core::Tags;

use tonearm_demux::Container;
use tonearm_encoder_api::Description;

/// What the PCM must be like: an encoder's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Allowed sample rates in Hz, ascending.
    pub sample_rates: Vec<u32>,
    /// Most channels: 1, or 2 for this and any greater number.
    pub max_channels: u8,
}

impl From<&Description> for Target {
    fn from(encoder: &Description) -> Self {
        Self {
            sample_rates: encoder.sample_rates.clone(),
            max_channels: encoder.max_channels,
        }
    }
}

/// What was found in the file, and what comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// The container, by its first bytes.
    pub container: Container,
    /// The codec's usual name: "AAC".
    pub codec: String,
    /// Sample rate of the decoded track in Hz.
    pub sample_rate: u32,
    /// Channels of the decoded track.
    pub channels: u16,
    /// Sample rate of the PCM in Hz: one of [`Target::sample_rates`].
    pub output_rate: u32,
    /// Channels of the PCM: 1 or 2, at most [`Target::max_channels`].
    pub output_channels: u8,
    /// Length as the container states it; what really comes out is counted.
    pub duration: Option<Duration>,
    /// Title and so on.
    pub tags: Tags,
}
