//! Encodes one segment.

use std::io;
use std::ops::ControlFlow;

use tonearm_encoder_api::{Encoder, EncoderSession, PcmFormat, Settings};
use tonearm_mp3::{FrameIndex, FrameSplitter, Reservoir, samples_per_frame};

use super::DRAIN_INTERVAL;
use super::types::{EncodedSegment, End, Segment, broken};
use crate::convert::{ConvertOptions, Progress, Sink};
use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;

/// Encodes one segment of `source`, which must be opened as for [`plan`](crate::plan()) and
/// not yet read.
///
/// # Errors
/// As [`convert`](crate::convert()).
pub fn encode_segment<E: Encoder>(
    source: &mut PcmSource,
    encoder: &E,
    options: &ConvertOptions,
    segment: &Segment,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<EncodedSegment> {
    let description = encoder.describe();
    let info = source.info().clone();
    let mut session = encoder
        .open(&Settings {
            format: PcmFormat {
                sample_rate: info.output_rate,
                channels: info.output_channels,
            },
            rate_control: options.rate_control.at(info.output_rate),
            effort: options.effort,
            independent_frames: true,
        })
        .map_err(MediaError::Encode)?;
    let preroll = u64::from(description.lead_in.unwrap_or(0)).min(segment.first_frame);
    let first_sample = (segment.first_frame - preroll) * samples_per_frame(info.output_rate);
    let own_sample = segment.first_frame * samples_per_frame(info.output_rate);
    let own_end = segment.frames.map_or(u64::MAX, |frames| {
        own_sample.saturating_add(frames.saturating_mul(samples_per_frame(info.output_rate)))
    });
    source.seek(&segment.start, first_sample, (own_sample, own_end))?;

    let mut selector = FrameSelector {
        splitter: FrameSplitter::default(),
        skip: preroll,
        left: segment.frames.unwrap_or(u64::MAX),
        next: segment.first_frame,
        reservoir: Reservoir::default(),
        index: FrameIndex::default(),
    };
    let channels = usize::from(info.output_channels);
    let max_block = usize::try_from(description.max_block).unwrap_or(usize::MAX);
    let max_block = max_block.clamp(1, PcmSource::MAX_BLOCK) * channels;
    let (mut block, mut samples) = (Vec::new(), first_sample);
    let mut ending = None;
    'encode: loop {
        if !source.next_block(&mut block)? {
            let end = session.finish().map_err(MediaError::Encode)?;
            if !end.header.is_empty() {
                return Err(broken("a header frame in a stream of independent frames"));
            }
            selector.push(&end.tail, sink)?;
            ending = segment.frames.is_none().then_some(End {
                delay: end.delay,
                padding: end.padding,
                samples,
            });
            break;
        }
        for chunk in block.chunks(max_block) {
            let bytes = session.push(chunk).map_err(MediaError::Encode)?;
            samples += (chunk.len() / channels) as u64;
            selector.push(&bytes, sink)?;
            if selector.left == 0 {
                break 'encode;
            }
        }
        let fraction = selector.index.frames as f64 / segment.expected_frames.max(1) as f64;
        let now = Progress {
            fraction: fraction.min(1.0) as f32,
            samples,
            bytes: selector.index.bytes,
        };
        if progress(now).is_break() {
            return Err(MediaError::Stopped);
        }
    }
    if segment.frames.is_some() && selector.left > 0 {
        return Err(MediaError::damaged(
            "its length changed between two readings",
        ));
    }
    Ok(EncodedSegment {
        index: selector.finish(sink)?,
        ending,
        concealed: source.concealed(),
        silent: source.silent(),
        gaps: source.gaps(),
        is_truncated: source.is_truncated(),
        meter: Some(*source.meter()),
    })
}

/// Writes the frames of the segment, and none of the preroll or after it.
struct FrameSelector {
    splitter: FrameSplitter,
    skip: u64,
    left: u64,
    /// Number of the next frame in the whole MP3.
    next: u64,
    reservoir: Reservoir,
    index: FrameIndex,
}

impl FrameSelector {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<()> {
        let Self {
            splitter,
            skip,
            left,
            next,
            reservoir,
            index,
        } = self;
        let mut output = PackedFrames::new(index, sink);
        let mut packed = Ok(());
        let split = splitter.push(bytes, |frame| {
            if *skip > 0 {
                *skip -= 1;
            } else if *left > 0 && packed.is_ok() {
                *left -= 1;
                *next += 1;
                packed = reservoir.push(frame, |frame| output.write(frame));
                if next.is_multiple_of(DRAIN_INTERVAL) {
                    reservoir.drain(|frame| output.write(frame));
                }
            }
        });
        output.written.map_err(MediaError::Write)?;
        split
            .and(packed)
            .map_err(|_| broken("a stream that is not of independent MP3 frames"))
    }

    /// Writes the frames that the reservoir holds back.
    fn finish(mut self, sink: &mut dyn Sink) -> Result<FrameIndex> {
        let mut output = PackedFrames::new(&mut self.index, sink);
        self.reservoir.drain(|frame| output.write(frame));
        output.written.map_err(MediaError::Write)?;
        Ok(self.index)
    }
}

/// Indexes and writes the frames that leave the reservoir.
struct PackedFrames<'a> {
    index: &'a mut FrameIndex,
    sink: &'a mut dyn Sink,
    /// The first error, after which nothing is written.
    written: io::Result<()>,
}

impl<'a> PackedFrames<'a> {
    fn new(index: &'a mut FrameIndex, sink: &'a mut dyn Sink) -> Self {
        Self {
            index,
            sink,
            written: Ok(()),
        }
    }

    fn write(&mut self, frame: &[u8]) {
        self.index.push(frame);
        if self.written.is_ok() {
            self.written = self.sink.write(frame);
        }
    }
}
