//! The beginning of the joined file, and its summary.

use tonearm_encoder_api::Description;
use tonearm_mp3::FrameIndex;
use tonearm_mp3::xing::{self, LameTag};

use super::types::{EncodedSegment, broken};
use crate::convert::{ConvertOptions, Summary};
use crate::error::Result;
use crate::pcm_source::PcmSource;
use crate::samples::duration;

/// What stands in front of the joined parts, tag and header frame, and what they
/// are together. `source` was opened as for [`plan`](crate::plan()).
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
