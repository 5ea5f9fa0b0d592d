//! A job's options, translated for the media crate.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use tonearm_jobs::Job;
use tonearm_media::{
    ConvertOptions, Encoder, Gaps, MediaError, OpenedFile, PcmSource, RateControl, Selection,
    TagOptions, Tags, Target, TrackSelector, gain_for, measure,
};
use tonearm_options::{Options, Rate, Track};

use crate::encoder::Plugin;

/// The plan of one conversion.
pub struct Plan {
    /// The part of the source to decode, and its format.
    pub selection: Selection,
    /// The settings of the encoder, and the tag.
    pub options: ConvertOptions,
}

/// What all segments of a job share, beside its options.
#[derive(Default, Serialize, Deserialize)]
struct Shared {
    gain: Option<f32>,
}

impl Plan {
    /// The plan according to the job's options. The gain depends on the file and is
    /// not known yet.
    pub fn of(job: &Job) -> Self {
        let options = &job.options;
        Self {
            selection: Selection {
                track: match &options.track {
                    Track::Default => TrackSelector::Default,
                    Track::Number(number) => TrackSelector::Number(*number),
                    Track::Language(language) => TrackSelector::Language(language.clone()),
                },
                mono: options.mono,
                start: options.start,
                end: options.end,
                gain: None,
                gaps: match options.gaps {
                    tonearm_options::Gaps::Keep => Gaps::Keep,
                    tonearm_options::Gaps::Close => Gaps::Close,
                },
            },
            options: ConvertOptions {
                rate_control: match options.rate {
                    Rate::Quality(quality) => RateControl::Quality(quality),
                    Rate::Bitrate(bitrate) => RateControl::Bitrate(bitrate),
                },
                effort: options.effort,
                tag: tag(options, &job.name),
            },
        }
    }

    /// The plan for one segment, including the settings stored by the worker that split
    /// the job.
    pub fn of_segment(job: &Job, shared: &str) -> Result<Self, serde_json::Error> {
        let mut plan = Self::of(job);
        if !shared.is_empty() {
            plan.selection.gain = serde_json::from_str::<Shared>(shared)?.gain;
        }
        Ok(plan)
    }

    /// The settings that segments share, for [`Self::of_segment`].
    pub fn shared(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Shared {
            gain: self.selection.gain,
        })
    }

    /// Shifts the chapters of a file to where its audio is once gaps are closed.
    pub fn shift_chapters(
        &mut self,
        file: &OpenedFile,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<(), MediaError> {
        let tag = &mut self.options.tag;
        if self.selection.gaps == Gaps::Close && tag.chapters {
            let target = Target::from(&Plugin.describe());
            tag.tags.chapters = file.chapters(&target, &self.selection, progress)?;
        }
        Ok(())
    }

    /// Decodes all of `source` to find the gain that brings it to `loudness` LUFS.
    pub fn level(
        &mut self,
        source: &mut PcmSource,
        loudness: f32,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<(), MediaError> {
        let found = measure(source, progress)?;
        self.selection.gain = Some(gain_for(&found, f64::from(loudness)));
        Ok(())
    }
}

/// The content of the tag.
fn tag(options: &Options, file_name: &str) -> TagOptions {
    let given = &options.tags;
    TagOptions {
        tags: Tags {
            title: given.title.clone(),
            artist: given.artist.clone(),
            album: given.album.clone(),
            year: given.year,
            comment: given.comment.clone(),
            ..Tags::default()
        },
        cover: options.cover,
        chapters: options.chapters,
        source_name: Some(file_name.to_owned()),
    }
}
