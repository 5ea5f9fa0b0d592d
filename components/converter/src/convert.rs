//! One conversion, from the stored upload to the stored MP3.

use std::io;

use tonearm_blobs::{BlobError, BlobName, Reader, Writer};
use tonearm_jobs::{Claim, Failure, Job, JobsError, Mp3};
use tonearm_media::{
    Encoder, MediaError, Progress, Source, Summary, Target, convert, gain_for, measure, remux,
};
use tonearm_shell::files::Files;
use tonearm_shell::line::Line;

use crate::encoder::Plugin;
use crate::options;
use crate::output::Output;
use crate::settings::Settings;
use crate::watch::{Stopped, Watch};

/// Why there is no MP3 this time.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The claim is not ours any more: nothing is to be told to anyone.
    #[error("the claim was lost")]
    Lost,
    /// It takes longer than it may.
    #[error("the conversion takes longer than {0} seconds")]
    TooLong(u64),
    /// The upload is not in the store.
    #[error("the uploaded file is gone")]
    UploadGone,
    /// The file, or reading, writing or encoding.
    #[error("{0}{source}", source = Cause(.0))]
    Media(#[from] MediaError),
    /// The file store.
    #[error(transparent)]
    Files(#[from] BlobError),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] JobsError),
}

/// What lies under a media error, for the log.
struct Cause<'e>(&'e MediaError);

impl std::fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match std::error::Error::source(self.0) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl ConvertError {
    /// Whether the same file would fail in the same way again.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Media(error) => error.is_permanent(),
            Self::TooLong(_) | Self::UploadGone => true,
            Self::Lost | Self::Files(_) | Self::Queue(_) => false,
        }
    }

    /// What the file's owner is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Media(error) => Failure::new(error.code(), error.to_string()),
            Self::TooLong(seconds) => Failure::new(
                "conversion_too_long",
                format!("The conversion took longer than {seconds} seconds and was stopped."),
            ),
            Self::UploadGone => Failure::new(
                "upload_gone",
                "The uploaded file is no longer there. Upload it again.",
            ),
            Self::Files(_) => {
                Failure::new("files_unavailable", "The file store could not be reached.")
            }
            Self::Lost | Self::Queue(_) => {
                Failure::new("queue_unavailable", "The queue could not be reached.")
            }
        }
    }
}

/// Converts the job's upload. Where this fails, what it wrote is deleted, or
/// staged as litter.
pub fn run(
    line: &Line,
    files: &Files,
    claim: &Claim,
    settings: &Settings,
) -> Result<Mp3, ConvertError> {
    let job = &claim.job;
    let upload = job
        .video_blob
        .clone()
        .and_then(BlobName::new)
        .ok_or(ConvertError::UploadGone)?;
    let upload = Upload {
        files,
        name: upload,
    };
    upload.open()?;
    // Each attempt writes a blob of its own: a late worker spoils nothing. The
    // random part keeps an operator's requeue from meeting old chunks.
    let suffix = uuid::Uuid::new_v4().simple().to_string();
    let blob = format!("mp3/{}/{}-{}", job.id, claim.attempt, &suffix[..8]);
    let name = BlobName::new(blob.clone()).ok_or(ConvertError::UploadGone)?;

    let mut watch = Watch::start(line, claim, &blob, settings)?;
    let result = make(&upload, &name, settings, job, &mut watch);
    match (result, watch.stopped) {
        (Ok((bytes, duration)), _) => Ok(Mp3 {
            blob,
            bytes,
            duration,
        }),
        (Err(error), stopped) => {
            discard(line, files, &blob, &name);
            Err(match stopped {
                Some(Stopped::Lost) => ConvertError::Lost,
                Some(Stopped::TooLong) => ConvertError::TooLong(settings.longest.as_secs()),
                None => error,
            })
        }
    }
}

/// The uploaded file, which may have to be read several times.
struct Upload<'u> {
    files: &'u Files,
    name: BlobName,
}

impl Upload<'_> {
    fn open(&self) -> Result<Reader<Files>, ConvertError> {
        Reader::open(self.files.clone(), self.name.clone())?.ok_or(ConvertError::UploadGone)
    }
}

/// Makes the MP3 as the job's options want it: its size and its playing time.
fn make(
    upload: &Upload<'_>,
    name: &BlobName,
    settings: &Settings,
    job: &Job,
    watch: &mut Watch<'_>,
) -> Result<(u64, std::time::Duration), ConvertError> {
    let output = || {
        Output::new(Writer::new(
            upload.files,
            name.clone(),
            settings.chunk_bytes,
        ))
    };
    if job.options.may_copy() {
        let mut copy = output();
        let summary = remux(
            upload.open()?,
            &settings.budget,
            &options::track(job),
            &options::tag(job),
            &mut copy,
            &mut |progress| watch.on_progress(progress),
        )?;
        match summary {
            Some(summary) => return finish(copy, &summary),
            None => copy.abort()?,
        }
    }
    let mut output = output();
    let summary = encode(upload, settings, job, &mut output, watch)?;
    finish(output, &summary)
}

fn finish(
    output: Output<'_>,
    summary: &Summary,
) -> Result<(u64, std::time::Duration), ConvertError> {
    let manifest = output
        .finish(&Plugin.describe().media_type)
        .map_err(|error| MediaError::Write(io::Error::other(error)))?;
    Ok((manifest.bytes, summary.duration))
}

/// How much of the work it is to measure a file's loudness: decoding is quick.
const MEASURING: f32 = 0.2;

fn encode(
    upload: &Upload<'_>,
    settings: &Settings,
    job: &Job,
    output: &mut Output<'_>,
    watch: &mut Watch<'_>,
) -> Result<Summary, ConvertError> {
    let target = Target::from(&Plugin.describe());
    let mut selection = options::selection(job);
    let mut before = 0.0;
    if let Some(loudness) = job.options.loudness {
        let mut source = Source::open(upload.open()?, &settings.budget, &target, &selection)?;
        let found = measure(&mut source, &mut |fraction| {
            watch.on_progress(Progress {
                fraction: MEASURING * fraction,
                samples: 0,
                bytes: 0,
            })
        })?;
        selection.gain = Some(gain_for(&found, f64::from(loudness)));
        before = MEASURING;
    }
    let mut source = Source::open(upload.open()?, &settings.budget, &target, &selection)?;
    Ok(convert(
        &mut source,
        &Plugin,
        &options::convert(job),
        output,
        &mut |progress| {
            watch.on_progress(Progress {
                fraction: before + (1.0 - before) * progress.fraction,
                ..progress
            })
        },
    )?)
}

/// Deletes the chunks of an attempt that never offered its result. What cannot
/// be deleted now stays staged.
fn discard(line: &Line, files: &Files, blob: &str, name: &BlobName) {
    match tonearm_blobs::delete(files, name) {
        Ok(()) => {
            if let Err(error) = line.ask(|jobs| jobs.swept(blob)) {
                eprintln!("{blob}: {error}");
            }
        }
        Err(error) => eprintln!("{blob}: {error}"),
    }
}
