//! One segment, from its file to its frames.

use std::ops::ControlFlow;

use tonearm_encoder_api::{Encoder, EncoderSession, PcmFormat, Settings};
use tonearm_mp3::{FrameIndex, FrameSplitter, samples_per_frame};

use super::types::{EncodedSegment, End, Segment, broken};
use crate::convert::{ConvertOptions, Progress, Sink};
use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;

/// Encodes one segment of `source`, which was opened as it was for [`plan`](crate::plan()) and
/// not read from.
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
    let lead_in = u64::from(description.lead_in.unwrap_or(0)).min(segment.first_frame);
    let first_sample = (segment.first_frame - lead_in) * samples_per_frame(info.output_rate);
    source.seek(&segment.start, first_sample)?;

    let mut cutter = Cutter {
        splitter: FrameSplitter::default(),
        skip: lead_in,
        left: segment.frames.unwrap_or(u64::MAX),
        index: FrameIndex::default(),
    };
    let channels = usize::from(info.output_channels);
    let most = usize::try_from(description.max_block).unwrap_or(usize::MAX);
    let most = most.clamp(1, PcmSource::MAX_BLOCK) * channels;
    let own_sample = segment.first_frame * samples_per_frame(info.output_rate);
    let (mut block, mut samples) = (Vec::new(), first_sample);
    let mut ending = None;
    // A decoder that begins in the middle may not understand its first packets; what
    // becomes of them is thrown away.
    let mut not_ours = 0;
    'sound: loop {
        if samples < own_sample {
            not_ours = source.concealed();
        }
        if !source.next_block(&mut block)? {
            let end = session.finish().map_err(MediaError::Encode)?;
            if !end.header.is_empty() {
                return Err(broken("a header frame in a stream of independent frames"));
            }
            cutter.push(&end.tail, sink)?;
            ending = segment.frames.is_none().then_some(End {
                delay: end.delay,
                padding: end.padding,
                samples,
            });
            break;
        }
        for piece in block.chunks(most) {
            let bytes = session.push(piece).map_err(MediaError::Encode)?;
            samples += (piece.len() / channels) as u64;
            cutter.push(&bytes, sink)?;
            if cutter.left == 0 {
                break 'sound;
            }
        }
        let part = cutter.index.frames as f64 / segment.expected_frames.max(1) as f64;
        let done = Progress {
            fraction: part.min(1.0) as f32,
            samples,
            bytes: cutter.index.bytes,
        };
        if progress(done).is_break() {
            return Err(MediaError::Stopped);
        }
    }
    if segment.frames.is_some() && cutter.left > 0 {
        return Err(MediaError::damaged(
            "its length changed between two readings",
        ));
    }
    Ok(EncodedSegment {
        index: cutter.index,
        ending,
        concealed: source.concealed().saturating_sub(not_ours),
        is_truncated: source.is_truncated(),
    })
}

/// Passes on the frames of a stream that are wanted.
struct Cutter {
    splitter: FrameSplitter,
    skip: u64,
    left: u64,
    index: FrameIndex,
}

impl Cutter {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<()> {
        let Self {
            splitter,
            skip,
            left,
            index,
        } = self;
        let mut written = Ok(());
        let split = splitter.push(bytes, |frame| {
            if *skip > 0 {
                *skip -= 1;
            } else if *left > 0 && written.is_ok() {
                *left -= 1;
                index.push(frame);
                written = sink.write(frame);
            }
        });
        written.map_err(MediaError::Write)?;
        split.map_err(|_| broken("a stream that is not MP3"))
    }
}
