//! Where a conversion is split.

use std::ops::ControlFlow;

use tonearm_encoder_api::{Description, RateControl};
use tonearm_mp3::samples_per_frame;

use super::types::Segment;
use crate::error::Result;
use crate::pcm_source::PcmSource;
use crate::samples::rescale;
use crate::seek_index::SeekIndex;
use crate::seek_point::SeekPoint;

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
            Ok(split(source, &found, u64::from(lead_in), wanted))
        }
        _ => Ok(Vec::new()),
    }
}

fn is_mp3(encoder: &Description) -> bool {
    encoder.media_type == "audio/mpeg"
}

fn split(source: &PcmSource, found: &SeekIndex, lead_in: u64, wanted: u64) -> Vec<Segment> {
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
