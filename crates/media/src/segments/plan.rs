//! Determines where a conversion is split.

use std::ops::ControlFlow;

use tonearm_encoder_api::{Description, RateControl};
use tonearm_mp3::samples_per_frame;

use super::DRAIN_INTERVAL;
use super::types::Segment;
use crate::error::Result;
use crate::pcm_source::PcmSource;
use crate::samples::rescale;
use crate::seek_index::SeekIndex;
use crate::seek_point::SeekPoint;

/// Milliseconds of audio decoded before a segment's first sample: more than any decoder
/// needs to converge (Opus needs 80).
const PRE_ROLL_MS: u64 = 500;

/// Splits the conversion of `source` into segments of about `seconds` each. Returns no
/// segments where the audio is shorter than two of them, where the decoder cannot start in
/// the middle, where the encoder's streams cannot be joined, and at a constant bitrate,
/// which needs the bit reservoir for full quality.
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
    // Building the seek index is expensive, so conditions that need none come first.
    if matches!(rate_control, RateControl::Bitrate(_)) || seconds == 0 {
        return Ok(Vec::new());
    }
    let info = source.info();
    let segment_samples = seconds.saturating_mul(u64::from(info.output_rate));
    let is_short = info.duration.is_some_and(|all| all.as_secs() < 2 * seconds);
    let Some(preroll) = encoder.lead_in.filter(|_| is_mp3(encoder) && !is_short) else {
        return Ok(Vec::new());
    };
    match source.seek_index(progress)? {
        Some(index) if index.samples >= 2 * segment_samples => {
            Ok(split(source, &index, u64::from(preroll), segment_samples))
        }
        _ => Ok(Vec::new()),
    }
}

fn is_mp3(encoder: &Description) -> bool {
    encoder.media_type == "audio/mpeg"
}

fn split(
    source: &PcmSource,
    index: &SeekIndex,
    preroll: u64,
    segment_samples: u64,
) -> Vec<Segment> {
    let info = source.info();
    let (rate_in, rate_out) = (info.sample_rate, info.output_rate);
    let frame_samples = samples_per_frame(rate_out);
    let frames = index.samples.div_ceil(frame_samples);
    // An even number keeps two workers busy until the end.
    let count = index.samples.div_ceil(segment_samples).next_multiple_of(2);
    let segment_frames = frames.div_ceil(count).max(preroll + 1);
    let pre_roll = PRE_ROLL_MS * u64::from(rate_out) / 1000;
    let start = source.range().0;
    // The border before each segment, and the end.
    let borders: Vec<u64> = (0..frames.div_ceil(segment_frames))
        .map(|number| number * segment_frames / DRAIN_INTERVAL * DRAIN_INTERVAL)
        .chain([frames])
        .collect();
    borders
        .windows(2)
        .filter_map(|border| match *border {
            [first, end] if first < end => Some((first, end)),
            _ => None,
        })
        .map(|(first_frame, end)| {
            let from = start + first_frame.saturating_sub(preroll) * frame_samples;
            let earliest = from.saturating_sub(pre_roll);
            let is_before =
                |point: &SeekPoint| rescale(point.played, rate_in, rate_out) <= earliest;
            let after = index.points.partition_point(is_before);
            let point = after.checked_sub(1).and_then(|at| index.points.get(at));
            let is_last = end == frames;
            Segment {
                start: point.copied().unwrap_or_default(),
                first_frame,
                frames: (!is_last).then_some(end - first_frame),
                expected_frames: end - first_frame,
            }
        })
        .collect()
}
