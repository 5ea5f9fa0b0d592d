//! A media file as blocks of PCM.

use std::io::{Read, Seek};
use std::time::Duration;

use crate::budget::Budget;
use crate::container::Container;
use crate::encoder::Description;
use crate::error::MediaError;

/// What the PCM must be like: an encoder's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Allowed sample rates in Hz, ascending.
    pub sample_rates: Vec<u32>,
    /// Most channels: 1 or 2.
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

/// What the file says about itself, where it says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Title of the work.
    pub title: Option<String>,
    /// Who made it.
    pub artist: Option<String>,
    /// What it is part of.
    pub album: Option<String>,
}

/// What was found in the file, and what comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// The container, by its first bytes.
    pub container: Container,
    /// The codec's usual name: "AAC".
    pub codec: String,
    /// Sample rate of the track in Hz.
    pub sample_rate: u32,
    /// Channels of the track.
    pub channels: u16,
    /// Sample rate of the PCM in Hz: one of [`Target::sample_rates`].
    pub output_rate: u32,
    /// Channels of the PCM: at most [`Target::max_channels`].
    pub output_channels: u8,
    /// Length as the container states it; what really comes out is counted.
    pub duration: Option<Duration>,
    /// Title and so on.
    pub tags: Tags,
}

/// A media file being decoded.
pub struct Source {
    info: SourceInfo,
}

impl Source {
    /// Opens a file and decodes as far as its first sound, so that a file that
    /// cannot be converted fails here.
    ///
    /// # Errors
    /// Any of [`MediaError`]'s kinds about the file, and `Read`.
    pub fn open<R>(reader: R, budget: &Budget, target: &Target) -> Result<Self, MediaError>
    where
        R: Read + Seek + Send + Sync + 'static,
    {
        let _ = (reader, budget, target);
        Err(MediaError::NotMedia)
    }

    /// What was found.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// Replaces `block` with the next interleaved samples in the output format
    /// and returns true, or returns false at the end. A block may be empty,
    /// since a call does a bounded amount of work; it holds at most
    /// [`Source::MAX_BLOCK`] samples per channel.
    ///
    /// # Errors
    /// `OverBudget`, `Read`, and `Damaged` where nothing at all was decoded.
    pub fn next_block(&mut self, block: &mut Vec<f32>) -> Result<bool, MediaError> {
        block.clear();
        Ok(false)
    }

    /// How much of the file is done, 0 to 1, never falling.
    pub fn fraction(&self) -> f32 {
        0.0
    }

    /// Packets that could not be decoded and became silence of their length.
    pub fn concealed(&self) -> u64 {
        0
    }

    /// Most samples per channel in a block.
    pub const MAX_BLOCK: usize = 8192;
}
