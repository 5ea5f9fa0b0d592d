//! The start of the joined file, and its summary.

use tonearm_encoder_api::Description;
use tonearm_mp3::FrameIndex;
use tonearm_mp3::xing::{self, LameTag};

use super::types::{EncodedSegment, broken};
use crate::convert::{ConvertOptions, Summary};
use crate::error::Result;
use crate::pcm::meter::Meter;
use crate::pcm_source::PcmSource;
use crate::samples::duration;

/// Returns the bytes that precede the joined parts, ID3 tag and header frame, and the
/// summary of the whole file. `source` must be opened as for [`plan`](crate::plan()).
///
/// # Errors
/// `Encode` where parts are missing or empty, `Write` where the tag fails.
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
    let mut start = options
        .tag
        .id3(tags, &source.part(), Some(&encoder.name))?
        .bytes(Some(duration))?;
    start.extend_from_slice(&header);
    let summary = Summary {
        duration,
        sample_rate: info.output_rate,
        channels: info.output_channels,
        samples: end.samples,
        bytes: start.len() as u64 + whole.bytes,
        delay: end.delay,
        padding: end.padding,
        concealed: parts.iter().map(|part| part.concealed).sum(),
        silent: parts.iter().map(|part| part.silent).sum(),
        gaps: parts.iter().map(|part| part.gaps).sum(),
        is_truncated: parts.iter().any(|part| part.is_truncated),
        findings: info.findings.clone().measured(meter(parts).as_ref()),
    };
    Ok((start, summary))
}

/// The measurements of all parts; `None` where one has none, as those of earlier versions.
fn meter(parts: &[EncodedSegment]) -> Option<Meter> {
    parts.iter().try_fold(Meter::default(), |mut sum, part| {
        sum.add(part.meter.as_ref()?);
        Some(sum)
    })
}
