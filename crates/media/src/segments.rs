//! One long conversion as segments that are encoded apart, by whoever has time,
//! and joined.
//!
//! ```text
//! plan ──▶ Segment … Segment ──encode_segment──▶ EncodedSegment … EncodedSegment ──join──▶ tag and header
//! ```
//!
//! Where the cuts are depends on the file and the options alone, and so do the
//! bytes of each part: not on how many workers there are, nor on who does what.
//! A segment begins on a frame of the MP3. Its encoder starts some frames earlier,
//! which are thrown away, so that it is in the state that an uninterrupted encoder
//! would be in; its decoder starts earlier still.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use tonearm_mp3::xing::{self, LameTag};
use tonearm_mp3::{FrameIndex, FrameSplitter, samples_per_frame};

use crate::convert::{ConvertOptions, Progress, Sink, Summary};
use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;
use crate::samples::{duration, rescale};
use crate::seek_index::SeekIndex;
use crate::seek_point::SeekPoint;
use tonearm_encoder_api::{
    Description, Encoder, EncoderError, EncoderSession, PcmFormat, RateControl, Settings,
};

/// A part of the sound that one worker encodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Where its decoder starts.
    start: SeekPoint,
    /// Its first frame, counted in the whole MP3.
    first_frame: u64,
    /// How many frames; to the end of the sound for the last segment.
    frames: Option<u64>,
    /// How many frames it will be, more or less.
    expected_frames: u64,
}

/// What became of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedSegment {
    /// Its frames.
    index: FrameIndex,
    /// What the last part knows.
    ending: Option<End>,
    /// Packets that could not be decoded and became silence.
    concealed: u64,
    /// Whether the source ended in the middle of something.
    is_truncated: bool,
}

/// The end of the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    delay: u32,
    padding: u32,
    /// Samples per channel of the whole.
    samples: u64,
}

/// Sound decoded before a segment's first sample, in milliseconds: more than any
/// codec needs to forget that it was not there before (Opus wants 80).
const PRE_ROLL_MS: u64 = 500;

/// Cuts the conversion of `source` into segments of about `seconds` each. Into
/// none where it is shorter than two of them, where its decoder cannot start in
/// the middle, where the encoder's streams cannot be joined, or at a constant
/// bitrate: that needs the bit reservoir to sound as good.
///
/// # Errors
/// As [`PcmSource::next_block`], and `Stopped` where `progress` breaks.
pub fn plan(
    source: &mut PcmSource,
    encoder: &Description,
    rate_control: RateControl,
    seconds: u64,
    progress: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Vec<Segment>> {
    // Looking through the file is worth it only where it may be cut.
    if matches!(rate_control, RateControl::Bitrate(_)) || seconds == 0 {
        return Ok(Vec::new());
    }
    let info = source.info();
    let wanted = seconds.saturating_mul(u64::from(info.output_rate));
    let is_short = info.duration.is_some_and(|all| all.as_secs() < 2 * seconds);
    let Some(lead_in) = encoder.lead_in.filter(|_| is_mp3(encoder) && !is_short) else {
        return Ok(Vec::new());
    };
    match source.seek_index(progress)? {
        Some(found) if found.samples >= 2 * wanted => {
            Ok(cut(source, &found, u64::from(lead_in), wanted))
        }
        _ => Ok(Vec::new()),
    }
}

fn is_mp3(encoder: &Description) -> bool {
    encoder.media_type == "audio/mpeg"
}

fn cut(source: &PcmSource, found: &SeekIndex, lead_in: u64, wanted: u64) -> Vec<Segment> {
    let info = source.info();
    let (rate_in, rate_out) = (info.sample_rate, info.output_rate);
    let samples_each = samples_per_frame(rate_out);
    let frames = found.samples.div_ceil(samples_each);
    // An even number keeps two workers busy to the end.
    let count = found.samples.div_ceil(wanted).next_multiple_of(2);
    let each = frames.div_ceil(count).max(lead_in + 1);
    let pre_roll = PRE_ROLL_MS * u64::from(rate_out) / 1000;
    let start = source.range().0;
    (0..frames.div_ceil(each))
        .map(|number| {
            let first_frame = number * each;
            let from = start + first_frame.saturating_sub(lead_in) * samples_each;
            let earliest = from.saturating_sub(pre_roll);
            let is_before =
                |point: &SeekPoint| rescale(point.played, rate_in, rate_out) <= earliest;
            let after = found.points.partition_point(is_before);
            let point = after.checked_sub(1).and_then(|at| found.points.get(at));
            let is_last = first_frame + each >= frames;
            Segment {
                start: point.copied().unwrap_or_default(),
                first_frame,
                frames: (!is_last).then_some(each),
                expected_frames: each.min(frames - first_frame),
            }
        })
        .collect()
}

/// Encodes one segment of `source`, which was opened as it was for [`plan`] and
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

fn broken(what: &str) -> MediaError {
    MediaError::Encode(EncoderError::Internal(what.to_owned()))
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

/// What stands in front of the joined parts, tag and header frame, and what they
/// are together. `source` was opened as for [`plan`].
///
/// # Errors
/// `Damaged` where there is no sound, `Encode` where the parts are not all there.
pub fn join(
    source: &PcmSource,
    encoder: &Description,
    options: &ConvertOptions,
    parts: &[EncodedSegment],
) -> Result<(Vec<u8>, Summary)> {
    let info = source.info();
    let mut whole = FrameIndex::default();
    for part in parts {
        whole.append(&part.index);
    }
    let end = parts.last().and_then(|part| part.ending);
    let end = end.ok_or_else(|| broken("no end among the parts"))?;
    let tag = LameTag {
        encoder: encoder.name.replace(' ', ""),
        quality: options.rate_control.percent(),
        delay: end.delay,
        padding: end.padding,
    };
    let header = xing::frame(&whole, &tag).ok_or_else(|| broken("parts without frames"))?;
    let duration = duration(end.samples, info.output_rate);
    let tags = info.tags.clone();
    let mut head = options
        .tag
        .id3(tags, Some(&encoder.name))?
        .bytes(Some(duration))?;
    head.extend_from_slice(&header);
    let summary = Summary {
        duration,
        sample_rate: info.output_rate,
        channels: info.output_channels,
        samples: end.samples,
        bytes: head.len() as u64 + whole.bytes,
        delay: end.delay,
        padding: end.padding,
        concealed: parts.iter().map(|part| part.concealed).sum(),
        is_truncated: parts.iter().any(|part| part.is_truncated),
    };
    Ok((head, summary))
}
