//! Segments of a long conversion: any worker encodes them, and the worker that stores
//! the last part joins all of them.

use serde::{Deserialize, Serialize};
use tonearm_blobs::{BlobName, Part as BlobPart};
use tonearm_jobs::{Claim, Fence, Mp3, SegmentClaim, SegmentFence};
use tonearm_media::{
    EncodedSegment, Encoder, MediaError, Segment, encode_segment, find_sound, join,
};
use tonearm_worker::ConversionItem;

use crate::attempt::{Context, ConvertError, mp3, source};
use crate::encoder::Plugin;
use crate::options::Plan;
use crate::output::Output;

/// The result of an attempt at a segment.
pub enum Encoded {
    /// The part is stored, and others are missing.
    Part,
    /// All parts are joined.
    Joined(Mp3),
}

/// The record of a part: its frames and the blob that has them.
#[derive(Serialize, Deserialize)]
struct Stored {
    blob: BlobPart,
    part: EncodedSegment,
}

/// Replaces the claimed conversion by segments.
pub fn publish(
    context: Context<'_>,
    claim: &Claim,
    plan: &Plan,
    segments: &[Segment],
) -> Result<(), ConvertError> {
    let shared = plan.shared().map_err(ConvertError::Record)?;
    let specs: Result<Vec<_>, _> = segments.iter().map(serde_json::to_string).collect();
    let specs = specs.map_err(ConvertError::Record)?;
    let client = context.client();
    match client.call_with_retries(|jobs| jobs.split(claim, &shared, &specs))? {
        Fence::Held => Ok(()),
        Fence::Lost => Err(ConvertError::Lost),
    }
}

/// Encodes a segment, and joins all parts if it was the last.
pub fn run(
    context: Context<'_>,
    item: &ConversionItem,
    claim: &SegmentClaim,
) -> Result<Encoded, ConvertError> {
    let mut plan = Plan::of_segment(&claim.job, &claim.shared).map_err(ConvertError::Record)?;
    if !claim.is_encoded {
        let (blob, stored) = encode(context, item, claim, &plan)?;
        let record = serde_json::to_string(&stored).map_err(ConvertError::Record)?;
        let client = context.client();
        // The blob of a lost claim stays staged; only garbage collection may delete it.
        match client.call_with_retries(|jobs| jobs.segment_done(claim, &blob, &record))? {
            SegmentFence::Held => return Ok(Encoded::Part),
            SegmentFence::Lost => return Err(ConvertError::Lost),
            SegmentFence::Last => {}
        }
    }
    join_all(context, item, claim, &mut plan).map(Encoded::Joined)
}

fn encode(
    context: Context<'_>,
    item: &ConversionItem,
    claim: &SegmentClaim,
    plan: &Plan,
) -> Result<(String, Stored), ConvertError> {
    let segment: Segment = serde_json::from_str(&claim.spec).map_err(ConvertError::Record)?;
    context.with_output_blob(item, |writer, keeper| {
        let mut source = source(context.open(&claim.job)?, plan)?;
        let mut output = Output::new(writer);
        let part = encode_segment(
            &mut source,
            &Plugin,
            &plan.options,
            &segment,
            &mut output,
            &mut |progress| keeper.on_progress(progress.fraction),
        )?;
        let manifest = output.finish(&Plugin.describe().media_type)?;
        let name = BlobName::new(keeper.blob()).ok_or(ConvertError::UploadGone)?;
        let blob = BlobPart::new(name, manifest.bytes, manifest.chunk_bytes);
        Ok((keeper.blob().to_owned(), Stored { blob, part }))
    })
}

fn join_all(
    context: Context<'_>,
    item: &ConversionItem,
    claim: &SegmentClaim,
    plan: &mut Plan,
) -> Result<Mp3, ConvertError> {
    let records = context.client().call(|jobs| jobs.parts(claim))?;
    let stored: Result<Vec<Stored>, _> = records
        .iter()
        .map(|record| serde_json::from_str(record))
        .collect();
    let stored = stored.map_err(ConvertError::Record)?;
    if stored.len() != claim.count as usize {
        return Err(ConvertError::Lost);
    }
    let (blobs, parts): (Vec<_>, Vec<_>) = stored
        .into_iter()
        .map(|stored| (stored.blob, stored.part))
        .unzip();
    context.with_output_blob(item, |mut writer, keeper| {
        let source = source(context.open(&claim.job)?, plan)?;
        plan.shift_chapters(source.file(), &mut || keeper.on_progress(1.0))?;
        let description = Plugin.describe();
        let (head, mut summary) = join(&source, &description, &plan.options, &parts)?;
        find_sound(
            &source.into_file(),
            &plan.selection,
            &mut summary.findings,
            &mut || keeper.on_progress(1.0),
        )?;
        writer.write(&head)?;
        let manifest = writer.finish_joined(&description.media_type, blobs)?;
        if manifest.bytes != summary.bytes {
            let detail = "the parts are not as long as they were";
            return Err(MediaError::damaged(detail).into());
        }
        Ok(mp3(keeper.blob(), manifest.bytes, &summary))
    })
}
