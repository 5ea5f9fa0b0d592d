//! The whole way: blocks of PCM through an encoder into a sink, with an ID3 tag
//! in front.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::encoder::{Encoder, RateControl};
use crate::error::MediaError;
use crate::source::Source;

/// Where the bytes of the new file go, in order.
pub trait Sink {
    /// Appends bytes.
    ///
    /// # Errors
    /// Whatever the store says; the conversion stops with `MediaError::Write`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Replaces bytes that were written at `offset`, once, after the last
    /// `write`: the tag and the header frame. `offset + bytes.len()` is less
    /// than 64 KiB, so a sink that keeps its first 64 KiB back can always do it.
    ///
    /// # Errors
    /// As `write`.
    fn patch_head(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
}

/// How to encode and what to write into the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertOptions {
    /// How bits are spent.
    pub rate_control: RateControl,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// Name of the uploaded file: the tag's original file name, and its title
    /// (without the extension) where the file itself has none.
    pub source_name: Option<String>,
}

/// How far a conversion is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// 0 to 1, never falling.
    pub fraction: f32,
    /// Samples per channel encoded.
    pub samples: u64,
    /// Bytes written to the sink.
    pub bytes: u64,
}

/// What a conversion made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Length of the sound.
    pub duration: Duration,
    /// Sample rate of the new file in Hz.
    pub sample_rate: u32,
    /// Channels of the new file.
    pub channels: u8,
    /// Samples per channel that were encoded.
    pub samples: u64,
    /// Size of the new file in bytes, tag included.
    pub bytes: u64,
    /// The encoder's delay in samples per channel.
    pub delay: u32,
    /// The encoder's padding in samples per channel.
    pub padding: u32,
    /// Packets that could not be decoded and became silence.
    pub concealed: u64,
}

/// Encodes all of `source` into `sink`.
///
/// `progress` is called after every block, that is at least every 0.2 seconds
/// of sound and usually every few milliseconds of work; it throttles itself.
/// Breaking stops the conversion with [`MediaError::Stopped`].
///
/// # Errors
/// Any kind of [`MediaError`]. The sink then holds a part of a file, to be
/// thrown away.
pub fn convert<E: Encoder>(
    source: &mut Source,
    encoder: &E,
    options: &ConvertOptions,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Summary, MediaError> {
    let _ = (source, encoder, options, sink, progress);
    Err(MediaError::Stopped)
}
