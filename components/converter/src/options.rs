//! A job's options in the converter's own terms.

use tonearm_jobs::Job;
use tonearm_media::{ConvertOptions, RateControl, Selection, TagOptions, Tags, TrackChoice};
use tonearm_options::{Rate, Track};

/// The audio track that the job wants.
pub fn track(job: &Job) -> TrackChoice {
    match &job.options.track {
        Track::Default => TrackChoice::Default,
        Track::Number(number) => TrackChoice::Number(*number),
        Track::Language(language) => TrackChoice::Language(language.clone()),
    }
}

/// Which part of the file is wanted, and in which shape. Its gain depends on
/// the file, and is not known yet.
pub fn selection(job: &Job) -> Selection {
    let options = &job.options;
    Selection {
        track: track(job),
        mono: options.mono,
        start: options.start,
        end: options.end,
        gain: None,
    }
}

/// How to encode.
pub fn convert(job: &Job) -> ConvertOptions {
    ConvertOptions {
        rate_control: match job.options.rate {
            Rate::Quality(quality) => RateControl::Quality(quality),
            Rate::Bitrate(bitrate) => RateControl::Bitrate(bitrate),
        },
        effort: job.options.effort,
        tag: tag(job),
    }
}

/// What to write into the tag.
pub fn tag(job: &Job) -> TagOptions {
    let given = &job.options.tags;
    TagOptions {
        tags: Tags {
            title: given.title.clone(),
            artist: given.artist.clone(),
            album: given.album.clone(),
            year: given.year,
            comment: given.comment.clone(),
            cover: None,
        },
        cover: job.options.cover,
        source_name: Some(job.name.clone()),
    }
}
