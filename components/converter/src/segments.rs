//! Segments of a long conversion: encoded by whoever claims them, joined by
//! whoever brings the last.

use serde::{Deserialize, Serialize};
use tonearm_blobs::{BlobName, Part as BlobPart};
use tonearm_jobs::{Claim, Fence, Mp3, SegmentClaim, SegmentFence};
use tonearm_media::{Encoder, MediaError, Part, Segment, encode_segment, join};
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::queue_client::QueueClient;

use crate::convert::{ConvertError, Outcome, mp3, open, written};
use crate::encoder::Plugin;
use crate::held::Held;
use crate::options::Plan;
use crate::output::Output;
use crate::settings::Settings;

/// A part as it waits for the others: its frames and the blob that holds them.
#[derive(Serialize, Deserialize)]
struct Stored {
    blob: BlobPart,
    part: Part,
}

/// Puts segments in the place of the conversion that was claimed.
pub fn publish(
    client: &QueueClient,
    claim: &Claim,
    plan: &Plan,
    segments: &[Segment],
) -> Result<(), ConvertError> {
    let shared = plan.shared().map_err(ConvertError::Record)?;
    let specs: Result<Vec<_>, _> = segments.iter().map(serde_json::to_string).collect();
    let specs = specs.map_err(ConvertError::Record)?;
    match client.call_with_retries(|jobs| jobs.split(claim, &shared, &specs))? {
        Fence::Held => Ok(()),
        Fence::Lost => Err(ConvertError::Lost),
    }
}

/// Encodes a segment; where it was the last, joins all.
pub fn run(
    client: &QueueClient,
    files: &Files,
    claim: &SegmentClaim,
    settings: &Settings,
) -> Result<Outcome, ConvertError> {
    let plan = Plan::of_segment(&claim.job, &claim.shared).map_err(ConvertError::Record)?;
    if !claim.is_encoded {
        let (blob, stored) = encode(client, files, claim, settings, &plan)?;
        let record = serde_json::to_string(&stored).map_err(ConvertError::Record)?;
        // What a lost claim wrote is staged; only the sweep may decide about it.
        match client.call_with_retries(|jobs| jobs.segment_done(claim, &blob, &record))? {
            SegmentFence::Held => return Ok(Outcome::Part),
            SegmentFence::Lost => return Err(ConvertError::Lost),
            SegmentFence::Last => {}
        }
    }
    join_all(client, files, claim, settings, &plan).map(Outcome::Done)
}

fn encode(
    client: &QueueClient,
    files: &Files,
    claim: &SegmentClaim,
    settings: &Settings,
    plan: &Plan,
) -> Result<(String, Stored), ConvertError> {
    let segment: Segment = serde_json::from_str(&claim.spec).map_err(ConvertError::Record)?;
    written(
        client,
        files,
        Held::Segment(claim),
        settings,
        |writer, watch| {
            let mut source = open(files, &claim.job, settings, plan)?;
            let mut output = Output::new(writer);
            let part = encode_segment(
                &mut source,
                &Plugin,
                &plan.options,
                &segment,
                &mut output,
                &mut |progress| watch.on_progress(progress.fraction),
            )?;
            let manifest = output.finish(&Plugin.describe().media_type)?;
            let name = BlobName::new(watch.blob()).ok_or(ConvertError::UploadGone)?;
            let blob = BlobPart {
                name,
                bytes: manifest.bytes,
                chunk_bytes: manifest.chunk_bytes,
            };
            Ok((watch.blob().to_owned(), Stored { blob, part }))
        },
    )
}

fn join_all(
    client: &QueueClient,
    files: &Files,
    claim: &SegmentClaim,
    settings: &Settings,
    plan: &Plan,
) -> Result<Mp3, ConvertError> {
    let records = client.call(|jobs| jobs.parts(claim))?;
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
    written(
        client,
        files,
        Held::Segment(claim),
        settings,
        |mut writer, watch| {
            let source = open(files, &claim.job, settings, plan)?;
            let description = Plugin.describe();
            let (head, summary) = join(&source, &description, &plan.options, &parts)?;
            writer.write(&head)?;
            let manifest = writer.finish_joined(&description.media_type, blobs)?;
            if manifest.bytes != summary.bytes {
                let detail = "the parts are not as long as they were";
                return Err(MediaError::Damaged { detail }.into());
            }
            Ok(mp3(watch, manifest.bytes, &summary))
        },
    )
}
