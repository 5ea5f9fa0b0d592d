//! The formats of a source: of its file and of its output.

use std::time::Duration;

use tonearm_media_core::Tags;

use crate::findings::Findings;
use tonearm_demux::Container;
use tonearm_encoder_api::Description;

/// The PCM formats that an encoder accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Allowed sample rates in Hz, ascending.
    pub sample_rates: Vec<u32>,
    /// Most channels; the output never has more than 2.
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

/// The formats of a file and of its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// The container.
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
    /// Length that the container states; the output may differ.
    pub duration: Option<Duration>,
    /// Title and other metadata.
    pub tags: Tags,
    /// The tracks of the file.
    pub findings: Findings,
}
