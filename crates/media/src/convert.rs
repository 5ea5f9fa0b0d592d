//! The whole way: blocks of PCM through an encoder into a sink, with an ID3 tag
//! in front.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;
use crate::samples;
use crate::tag::TagOptions;
use tonearm_encoder_api::{Encoder, EncoderSession, PcmFormat, RateControl, Settings};

/// Where the bytes of the new file go, in order.
pub trait Sink {
    /// Appends bytes.
    ///
    /// # Errors
    /// Whatever the store says; the conversion stops with `MediaError::Write`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Replaces bytes that were written, from `offset` on, once, after the last
    /// `write`: the end of the tag and the header frame behind it. They are few,
    /// and lie wherever the tag ends, which with a cover is far from the start.
    ///
    /// # Errors
    /// As `write`.
    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
}

/// How to encode and what to write into the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertOptions {
    /// How bits are spent.
    pub rate_control: RateControl,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// What to write into the tag.
    pub tag: TagOptions,
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
    /// Whether the source ended in the middle of something.
    pub is_truncated: bool,
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
    source: &mut PcmSource,
    encoder: &E,
    options: &ConvertOptions,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Summary> {
    let description = encoder.describe();
    let info = source.info().clone();
    let settings = Settings {
        format: PcmFormat {
            sample_rate: info.output_rate,
            channels: info.output_channels,
        },
        rate_control: options.rate_control.at(info.output_rate),
        effort: options.effort,
        independent_frames: false,
    };
    let mut session = encoder.open(&settings).map_err(MediaError::Encode)?;
    let mut tag = options.tag.id3(info.tags, Some(&description.name))?;
    let head = tag.bytes(None)?;
    sink.write(&head).map_err(MediaError::Write)?;
    let mut done = Progress {
        fraction: 0.0,
        samples: 0,
        bytes: head.len() as u64,
    };
    let channels = usize::from(info.output_channels);
    let most = usize::try_from(description.max_block).unwrap_or(usize::MAX);
    let most = most.clamp(1, PcmSource::MAX_BLOCK) * channels;
    let mut block = Vec::new();
    while source.next_block(&mut block)? {
        for piece in block.chunks(most) {
            let frames = session.push(piece).map_err(MediaError::Encode)?;
            done.append(sink, &frames)?;
            done.samples += (piece.len() / channels) as u64;
        }
        done.fraction = source.fraction();
        if progress(done).is_break() {
            return Err(MediaError::Stopped);
        }
    }
    let ending = session.finish().map_err(MediaError::Encode)?;
    done.append(sink, &ending.tail)?;
    if done.samples == 0 {
        return Err(source.silence_error());
    }
    let duration = samples::duration(done.samples, info.output_rate);
    let (offset, mut end) = tag.end(duration)?;
    end.extend_from_slice(&ending.header);
    sink.patch(offset, &end).map_err(MediaError::Write)?;
    Ok(Summary {
        duration,
        sample_rate: info.output_rate,
        channels: info.output_channels,
        samples: done.samples,
        bytes: done.bytes,
        delay: ending.delay,
        padding: ending.padding,
        concealed: source.concealed(),
        is_truncated: source.is_truncated(),
    })
}

impl Progress {
    fn append(&mut self, sink: &mut dyn Sink, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        sink.write(bytes).map_err(MediaError::Write)
    }
}
