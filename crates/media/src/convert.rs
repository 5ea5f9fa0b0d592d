//! Encodes a source into a sink, after an ID3 tag.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::error::{MediaError, Result};
use crate::findings::Findings;
use crate::pcm_source::PcmSource;
use crate::samples;
use crate::tag::TagOptions;
use tonearm_encoder_api::{Encoder, EncoderSession, PcmFormat, RateControl, Settings};

/// The destination of an MP3, which is written in order.
pub trait Sink {
    /// Appends bytes.
    ///
    /// # Errors
    /// Any error of the store; the conversion fails with `MediaError::Write`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Replaces written bytes from `offset` on: the end of the tag and the header frame
    /// after it. Called once, after the last `write`. The bytes are few; after cover art
    /// they are far from the start.
    ///
    /// # Errors
    /// As `write`.
    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
}

/// Options of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertOptions {
    /// How bits are allocated.
    pub rate_control: RateControl,
    /// CPU time spent on better decisions, 0 (most) to 9 (least).
    pub effort: u8,
    /// The tag.
    pub tag: TagOptions,
}

/// The progress of a conversion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// 0 to 1, never decreasing.
    pub fraction: f32,
    /// Samples per channel encoded.
    pub samples: u64,
    /// Bytes written to the sink.
    pub bytes: u64,
}

/// The result of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Length of the audio.
    pub duration: Duration,
    /// Sample rate of the MP3 in Hz.
    pub sample_rate: u32,
    /// Channels of the MP3.
    pub channels: u8,
    /// Samples per channel that were encoded.
    pub samples: u64,
    /// Size of the MP3 in bytes, including the tag.
    pub bytes: u64,
    /// The encoder's delay in samples per channel.
    pub delay: u32,
    /// The encoder's padding in samples per channel.
    pub padding: u32,
    /// Undecodable packets that were replaced with silence.
    pub concealed: u64,
    /// Length of that silence.
    pub silent: Duration,
    /// Length of the silence in place of gaps between timestamps, without a lead-in.
    pub gaps: Duration,
    /// Whether the source is truncated.
    pub is_truncated: bool,
    /// What was found about the tracks of the source.
    pub findings: Findings,
}

/// Encodes all of `source` into `sink`.
///
/// `progress` is called after every block: at least every 0.2 seconds of audio, and usually
/// every few milliseconds of work, so it should throttle itself. If it breaks, the
/// conversion fails with [`MediaError::Stopped`].
///
/// # Errors
/// Any kind of [`MediaError`]. The sink then contains an incomplete file, which the caller
/// discards.
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
    let mut tag = options
        .tag
        .id3(info.tags, &source.part(), Some(&description.name))?;
    let tag_start = tag.bytes(None)?;
    sink.write(&tag_start).map_err(MediaError::Write)?;
    let mut now = Progress {
        fraction: 0.0,
        samples: 0,
        bytes: tag_start.len() as u64,
    };
    let channels = usize::from(info.output_channels);
    let max_block = usize::try_from(description.max_block).unwrap_or(usize::MAX);
    let max_block = max_block.clamp(1, PcmSource::MAX_BLOCK) * channels;
    let mut block = Vec::new();
    while source.next_block(&mut block)? {
        for chunk in block.chunks(max_block) {
            let frames = session.push(chunk).map_err(MediaError::Encode)?;
            now.append(sink, &frames)?;
            now.samples += (chunk.len() / channels) as u64;
        }
        now.fraction = source.fraction();
        if progress(now).is_break() {
            return Err(MediaError::Stopped);
        }
    }
    let ending = session.finish().map_err(MediaError::Encode)?;
    now.append(sink, &ending.tail)?;
    if now.samples == 0 {
        return Err(source.silence_error());
    }
    let duration = samples::duration(now.samples, info.output_rate);
    let (offset, mut end) = tag.end(duration)?;
    end.extend_from_slice(&ending.header);
    sink.patch(offset, &end).map_err(MediaError::Write)?;
    Ok(Summary {
        duration,
        sample_rate: info.output_rate,
        channels: info.output_channels,
        samples: now.samples,
        bytes: now.bytes,
        delay: ending.delay,
        padding: ending.padding,
        concealed: source.concealed(),
        silent: source.silent(),
        gaps: source.gaps(),
        is_truncated: source.is_truncated(),
        findings: source.findings(),
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
