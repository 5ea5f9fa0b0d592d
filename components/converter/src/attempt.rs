//! What every attempt shares: the queue, the stores, the settings, and the errors.

use tonearm_blobs::{BlobError, BlobName, Reader, Writer};
use tonearm_jobs::{AudioTrack, Damage, Failure, Job, JobsError, Mp3};
use tonearm_media::{
    Encoder, FileError, ListedTrack, MediaError, OpenedFile, PcmSource, Summary, Target,
};
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::redis::Connected;
use tonearm_worker::{
    AttemptError, ConversionItem, Conversions, LeaseKeeper, Leases, Outcome, QueueClient, Retry,
    Stopped, with_output_blob,
};

use crate::decoder;
use crate::encoder::Plugin;
use crate::options::Plan;
use crate::settings::Settings;

/// The queue of this service.
pub type Queue<'q> = Conversions<'q, Connected>;
/// The lease keeper of an attempt.
pub type Keeper<'k, 'q> = LeaseKeeper<'k, Queue<'q>>;

/// What an attempt works with.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The queue.
    pub queue: &'c Queue<'c>,
    /// The file store.
    pub files: &'c Files,
    /// The settings.
    pub settings: &'c Settings,
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The claim is lost, so there is nothing to report.
    #[error("the claim was lost")]
    Lost,
    /// The attempt was stopped at its deadline, a whole number of seconds.
    #[error("the conversion takes longer than {0} seconds")]
    TooLong(u64),
    /// The upload is not in the store.
    #[error("the uploaded file is gone")]
    UploadGone,
    /// The file is invalid, or reading, writing or encoding failed.
    #[error("{0}{source}", source = Cause(.0))]
    Media(#[from] MediaError),
    /// The file store.
    #[error(transparent)]
    Files(#[from] BlobError),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] JobsError),
    /// The record of a segment, written by another version.
    #[error("invalid record of a segment: {0}")]
    Record(#[source] serde_json::Error),
}

/// The source of a media error, for the log.
struct Cause<'e>(&'e MediaError);

impl std::fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match std::error::Error::source(self.0) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl From<FileError> for ConvertError {
    fn from(error: FileError) -> Self {
        Self::Media(error.into())
    }
}

impl ConvertError {
    /// Whether another attempt would fail in the same way.
    fn is_permanent(&self) -> bool {
        match self {
            Self::Media(error) => error.is_permanent(),
            Self::TooLong(_) | Self::UploadGone => true,
            Self::Lost | Self::Files(_) | Self::Queue(_) | Self::Record(_) => false,
        }
    }

    /// For the owner of the file.
    fn failure(&self) -> Failure {
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

impl<'c> Context<'c> {
    /// The outcome of a failed attempt, as the worker expects it.
    pub fn outcome(self, job: &Job, error: &ConvertError) -> Outcome<Mp3> {
        if matches!(error, ConvertError::Lost) {
            return Outcome::Lost;
        }
        Outcome::Failed(AttemptError {
            failure: error.failure(),
            detail: error.to_string(),
            retry: if error.is_permanent() {
                Retry::Never
            } else {
                Retry::LATER
            },
            tracks: self.tracks_after(job, error),
        })
    }

    /// The audio tracks of a file that was refused, so that its owner can choose another
    /// one. It is opened a second time, since errors are rare.
    fn tracks_after(self, job: &Job, error: &ConvertError) -> Vec<AudioTrack> {
        match error {
            ConvertError::Media(error) if error.is_permanent() => {}
            _ => return Vec::new(),
        }
        let tracks = self.open(job).map(|file| file.audio_tracks());
        let tracks = tracks.unwrap_or_default();
        tracks.iter().map(|track| listed(track, 0)).collect()
    }

    /// The connection to Redis.
    pub fn client(self) -> &'c QueueClient<Connected> {
        self.queue.client()
    }

    /// Opens the uploaded file, once per attempt.
    pub fn open(self, job: &Job) -> Result<OpenedFile, ConvertError> {
        let upload = job.video_blob.clone().and_then(BlobName::new);
        let upload = upload.ok_or(ConvertError::UploadGone)?;
        let reader = Reader::open(self.files.clone(), upload)?.ok_or(ConvertError::UploadGone)?;
        let file = OpenedFile::open(reader, &self.settings.media_limits)?;
        Ok(file.with_plugin(decoder::decoders()))
    }

    /// Runs work that writes a blob. The blob of failed work is discarded.
    pub fn with_output_blob<T>(
        self,
        item: &ConversionItem,
        work: impl FnOnce(Writer<&Files>, &mut Keeper<'_, 'c>) -> Result<T, ConvertError>,
    ) -> Result<T, ConvertError> {
        let name = BlobName::new(item.output_blob()).ok_or(ConvertError::UploadGone)?;
        let result = with_output_blob(
            self.queue,
            self.files,
            self.client().clock(),
            item,
            &name,
            self.settings.limits,
            |writer, keeper| work(writer, keeper).map_err(Interrupted::Failed),
        );
        result.map_err(|error| match error {
            Interrupted::Failed(error) => error,
            Interrupted::Stopped(Stopped::Lost) => ConvertError::Lost,
            Interrupted::Stopped(Stopped::TooLong) => {
                ConvertError::TooLong(self.settings.limits.longest.as_secs())
            }
        })
    }

    /// Forgets an output blob that was not written. Without this, garbage collection
    /// would find nothing under its name.
    pub fn forget_unwritten(self, item: &ConversionItem, blob: &str) {
        if let Err(error) = self.queue.forget_blob(blob) {
            eprintln!("{item}: {error}");
        }
    }
}

/// Decodes what the plan selects of a file.
pub fn source(file: OpenedFile, plan: &Plan) -> Result<PcmSource, ConvertError> {
    let target = Target::from(&Plugin.describe());
    Ok(PcmSource::open(file, &target, &plan.selection)?)
}

/// Work that failed or was stopped.
enum Interrupted {
    Failed(ConvertError),
    Stopped(Stopped),
}

impl From<JobsError> for Interrupted {
    fn from(error: JobsError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Stopped> for Interrupted {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

/// The record of a track; `taken` is the number of the converted one.
fn listed(track: &ListedTrack, taken: u32) -> AudioTrack {
    AudioTrack {
        number: track.number,
        codec: track.codec.clone(),
        language: track.language.clone(),
        title: track.title.clone(),
        channels: track.channels,
        taken: track.number == taken,
    }
}

/// The record of a finished MP3 of so many bytes.
pub fn mp3(blob: &str, bytes: u64, summary: &Summary) -> Mp3 {
    let findings = &summary.findings;
    let tracks = findings.tracks.iter();
    let tracks = tracks.map(|track| listed(track, findings.taken));
    let warnings = findings.warnings();
    let warnings = warnings
        .iter()
        .map(|warning| Failure::new(warning.code(), warning.to_string()));
    Mp3 {
        blob: blob.to_owned(),
        bytes,
        duration: summary.duration,
        damage: Damage {
            is_cut_off: summary.is_truncated,
            silent_packets: summary.concealed,
            silent: summary.silent,
            gaps: summary.gaps,
        },
        tracks: tracks.collect(),
        track_warnings: warnings.collect(),
    }
}
