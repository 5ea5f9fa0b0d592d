//! One conversion, from the stored upload to the stored MP3.

use tonearm_blobs::{BlobError, BlobName, Reader, Writer};
use tonearm_jobs::{Claim, Damage, Failure, Job, JobsError, Mp3};
use tonearm_media::{Encoder, MediaError, Source, Summary, Target, convert, is_mp3, remux};
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::queue_client::QueueClient;

use crate::encoder::Plugin;
use crate::held::Held;
use crate::options::Plan;
use crate::output::Output;
use crate::segments;
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
    /// A record of a segment that another version wrote.
    #[error("a segment's record: {0}")]
    Record(#[source] serde_json::Error),
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
            Self::Lost | Self::Files(_) | Self::Queue(_) | Self::Record(_) => false,
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
            Self::Lost | Self::Queue(_) | Self::Record(_) => {
                Failure::new("queue_unavailable", "The queue could not be reached.")
            }
        }
    }
}

/// What a conversion has come to.
#[derive(Debug)]
pub enum Outcome {
    /// The MP3 is stored.
    Done(Mp3),
    /// It was cut into so many segments, for whoever has time.
    Cut(usize),
    /// A segment is stored, and others are still to come.
    Part,
}

/// Converts the job's upload, or cuts it into segments where it is long, or
/// copies what is MP3 already. Where this fails, what it wrote is deleted, or
/// staged as litter.
pub fn run(
    client: &QueueClient,
    files: &Files,
    claim: &Claim,
    settings: &Settings,
) -> Result<Outcome, ConvertError> {
    if let Some(copied) = copy(client, files, claim, settings)? {
        return Ok(Outcome::Done(copied));
    }
    let held = Held::Whole(claim);
    let mut plan = Plan::of(&claim.job);
    written(client, files, held, settings, |output, watch| {
        let mut source = open(files, &claim.job, settings, &plan)?;
        let description = Plugin.describe();
        let seconds = settings.segment.as_secs();
        let rate_control = plan.options.rate_control;
        let segments =
            tonearm_media::plan(&source, &description, rate_control, seconds, &mut || {
                watch.on_progress(0.0)
            })?;
        let mut before = 0.0;
        if let Some(loudness) = claim.job.options.loudness {
            // Segments tell how far they are by themselves.
            before = if segments.is_empty() { MEASURING } else { 0.0 };
            plan.level(&mut source, loudness, &mut |fraction| {
                watch.on_progress(before * fraction)
            })?;
            source = open(files, &claim.job, settings, &plan)?;
        }
        if !segments.is_empty() {
            segments::publish(client, claim, &plan, &segments)?;
            // Nothing was written under this name; else the sweep finds that out.
            if let Err(error) = client.call(|jobs| jobs.forget_blob(watch.blob())) {
                eprintln!("{held}: {error}");
            }
            return Ok(Outcome::Cut(segments.len()));
        }
        let mut output = Output::new(output);
        let summary = convert(
            &mut source,
            &Plugin,
            &plan.options,
            &mut output,
            &mut |progress| watch.on_progress(before + (1.0 - before) * progress.fraction),
        )?;
        let manifest = output.finish(&description.media_type)?;
        Ok(Outcome::Done(mp3(watch, manifest.bytes, &summary)))
    })
}

/// How much of the work it is to measure a file's loudness: decoding is quick.
const MEASURING: f32 = 0.2;

/// Takes over a track that is MP3 already, where nothing is asked of its sound.
fn copy(
    client: &QueueClient,
    files: &Files,
    claim: &Claim,
    settings: &Settings,
) -> Result<Option<Mp3>, ConvertError> {
    let plan = Plan::of(&claim.job);
    let is_wanted = claim.job.options.may_copy();
    if !is_wanted || !is_mp3(upload(files, &claim.job)?, &plan.selection.track)? {
        return Ok(None);
    }
    let reader = upload(files, &claim.job)?;
    let held = Held::Whole(claim);
    written(client, files, held, settings, |output, watch| {
        let mut output = Output::new(output);
        let track = &plan.selection.track;
        let tag = &plan.options.tag;
        let summary = remux(
            reader,
            &settings.budget,
            track,
            tag,
            &mut output,
            &mut |progress| watch.on_progress(progress.fraction),
        )?;
        let Some(summary) = summary else {
            output.abort()?;
            // Nothing is left under this name; else the sweep finds that out.
            if let Err(error) = client.call(|jobs| jobs.forget_blob(watch.blob())) {
                eprintln!("{held}: {error}");
            }
            return Ok(None);
        };
        let manifest = output.finish(MP3)?;
        Ok(Some(mp3(watch, manifest.bytes, &summary)))
    })
}

/// What the job is told of a finished file.
pub fn mp3(watch: &Watch<'_>, bytes: u64, summary: &Summary) -> Mp3 {
    Mp3 {
        blob: watch.blob().to_owned(),
        bytes,
        duration: summary.duration,
        damage: Damage {
            is_cut_off: summary.is_truncated,
            silent_packets: summary.concealed,
        },
    }
}

/// Media type of a copy, whatever the encoder would make.
const MP3: &str = "audio/mpeg";

fn upload(files: &Files, job: &Job) -> Result<Reader<Files>, ConvertError> {
    let upload = job.video_blob.clone().and_then(BlobName::new);
    let upload = upload.ok_or(ConvertError::UploadGone)?;
    Reader::open(files.clone(), upload)?.ok_or(ConvertError::UploadGone)
}

/// Opens the job's upload.
pub fn open(
    files: &Files,
    job: &Job,
    settings: &Settings,
    plan: &Plan,
) -> Result<Source, ConvertError> {
    let reader = upload(files, job)?;
    let target = Target::from(&Plugin.describe());
    let budget = &settings.budget;
    Ok(Source::open(reader, budget, &target, &plan.selection)?)
}

/// Runs work that writes a blob, and watches over the claim meanwhile. What was
/// written by work that fails is deleted, or staged as litter.
pub fn written<T>(
    client: &QueueClient,
    files: &Files,
    held: Held<'_>,
    settings: &Settings,
    work: impl FnOnce(Writer<&Files>, &mut Watch<'_>) -> Result<T, ConvertError>,
) -> Result<T, ConvertError> {
    let blob = held.blob();
    let name = BlobName::new(blob.clone()).ok_or(ConvertError::UploadGone)?;
    let mut watch = Watch::start(client, held, &blob, settings)?;
    let writer = Writer::new(files, name.clone(), settings.chunk_bytes);
    let result = work(writer, &mut watch);
    let stopped = watch.stopped;
    result.map_err(|error| {
        discard(client, files, &blob, &name);
        match stopped {
            Some(Stopped::Lost) => ConvertError::Lost,
            Some(Stopped::TooLong) => ConvertError::TooLong(settings.longest.as_secs()),
            None => error,
        }
    })
}

/// Deletes the chunks of an attempt that never offered its result. What cannot
/// be deleted now stays staged.
fn discard(client: &QueueClient, files: &Files, blob: &str, name: &BlobName) {
    match tonearm_blobs::delete(files, name) {
        Ok(()) => {
            if let Err(error) = client.call(|jobs| jobs.forget_blob(blob)) {
                eprintln!("{blob}: {error}");
            }
        }
        Err(error) => eprintln!("{blob}: {error}"),
    }
}
