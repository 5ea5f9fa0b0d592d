//! An attempt at a whole conversion, from the stored upload to the stored MP3.

use tonearm_jobs::{Claim, Mp3};
use tonearm_media::{Encoder, OpenedFile, convert, find_sound, remux};
use tonearm_worker::ConversionItem;

use crate::attempt::{Context, ConvertError, mp3, source};
use crate::encoder::Plugin;
use crate::options::Plan;
use crate::output::Output;
use crate::segments;

/// The result of an attempt at a whole conversion.
pub enum Converted {
    /// The MP3 is stored.
    Whole(Mp3),
    /// The conversion was split into this many segments.
    Split(usize),
}

/// The share of measuring the loudness in the progress: decoding is fast.
const MEASURING: f32 = 0.2;

/// Media type of a copy, whatever the encoder would produce.
const MP3: &str = "audio/mpeg";

/// Copies an MP3 track, splits a long conversion into segments, or converts.
pub fn run(
    context: Context<'_>,
    item: &ConversionItem,
    claim: &Claim,
) -> Result<Converted, ConvertError> {
    let job = &claim.job;
    let mut file = context.open(job)?;
    if let Some(copied) = copy(context, item, claim, &mut file)? {
        return Ok(Converted::Whole(copied));
    }
    let mut plan = Plan::of(job);
    context.with_output_blob(item, |output, keeper| {
        let mut pcm = source(file, &plan)?;
        let description = Plugin.describe();
        let seconds = context.settings.segment.as_secs();
        let rate_control = plan.options.rate_control;
        let segments =
            tonearm_media::plan(&mut pcm, &description, rate_control, seconds, &mut || {
                keeper.on_progress(0.0)
            })?;
        let mut before = 0.0;
        if let Some(loudness) = job.options.loudness {
            // Segments report their progress themselves.
            before = if segments.is_empty() { MEASURING } else { 0.0 };
            plan.level(&mut pcm, loudness, &mut |fraction| {
                keeper.on_progress(before * fraction)
            })?;
            pcm = source(pcm.into_file(), &plan)?;
        }
        if !segments.is_empty() {
            segments::publish(context, claim, &plan, &segments)?;
            context.forget_unwritten(item, keeper.blob());
            return Ok(Converted::Split(segments.len()));
        }
        plan.shift_chapters(pcm.file(), &mut || keeper.on_progress(before))?;
        let mut output = Output::new(output);
        let mut summary = convert(
            &mut pcm,
            &Plugin,
            &plan.options,
            &mut output,
            &mut |progress| keeper.on_progress(before + (1.0 - before) * progress.fraction),
        )?;
        find_sound(
            &pcm.into_file(),
            &plan.selection,
            &mut summary.findings,
            &mut || keeper.on_progress(1.0),
        )?;
        let manifest = output.finish(&description.media_type)?;
        let mp3 = mp3(keeper.blob(), manifest.bytes, &summary);
        Ok(Converted::Whole(mp3))
    })
}

/// Copies a track that is MP3 already, unless the options change its audio.
fn copy(
    context: Context<'_>,
    item: &ConversionItem,
    claim: &Claim,
    file: &mut OpenedFile,
) -> Result<Option<Mp3>, ConvertError> {
    let job = &claim.job;
    let mut plan = Plan::of(job);
    if !job.options.may_copy() || !file.is_mp3(&plan.selection.track)? {
        return Ok(None);
    }
    context.with_output_blob(item, |output, keeper| {
        plan.shift_chapters(file, &mut || keeper.on_progress(0.0))?;
        let track = &plan.selection.track;
        let mut output = Output::new(output);
        let summary = remux(
            file,
            track,
            plan.selection.gaps,
            &plan.options.tag,
            &mut output,
            &mut |progress| keeper.on_progress(progress.fraction),
        )?;
        let Some(mut summary) = summary else {
            output.abort()?;
            context.forget_unwritten(item, keeper.blob());
            return Ok(None);
        };
        find_sound(file, &plan.selection, &mut summary.findings, &mut || {
            keeper.on_progress(1.0)
        })?;
        let manifest = output.finish(MP3)?;
        Ok(Some(mp3(keeper.blob(), manifest.bytes, &summary)))
    })
}
