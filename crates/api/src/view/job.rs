//! The JSON representation of a job.

use serde::Serialize;
use tonearm_jobs::{
    Attempt, AudioTrack, Failure, Job, Kind, MailState, NewJob, Outcome, State, Uploader, rfc3339,
};
use tonearm_options::Options;

/// One job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobView {
    id: String,
    /// The file's name as uploaded.
    name: String,
    /// Length of the upload in bytes.
    size: u64,
    /// How it is converted; options with default values are omitted.
    options: Options,
    state: State,
    /// From 0 to 1.
    progress: f32,
    /// Number of conversion attempts started.
    attempt: u32,
    /// RFC 3339, UTC.
    created_at: String,
    /// RFC 3339, UTC.
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mp3: Option<Mp3View>,
    /// RFC 3339, UTC: the job can be converted again until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    video_kept_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailView>,
    /// The audio tracks of the upload, once its conversion has ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tracks: Vec<AudioTrack>,
    /// The most recent attempts, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<AttemptView>,
    links: Links,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Mp3View {
    size: u64,
    duration_seconds: f64,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// Defects of the uploaded file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Failure>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct AttemptView {
    kind: Kind,
    number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<u32>,
    worker: String,
    /// RFC 3339, UTC.
    started_at: String,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    /// Absent while the attempt is running.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

impl From<&Attempt> for AttemptView {
    fn from(attempt: &Attempt) -> Self {
        Self {
            kind: attempt.kind,
            number: attempt.number,
            segment: attempt.segment,
            worker: attempt.worker.clone(),
            started_at: rfc3339(attempt.started_ms),
            ended_at: attempt.ended_ms.map(rfc3339),
            outcome: attempt.outcome,
            error: attempt.error(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct MailView {
    state: MailState,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Links {
    #[serde(rename = "self")]
    itself: String,
    events: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    download: Option<String>,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        let id = job.id.to_string();
        Self {
            name: job.name.clone(),
            size: job.bytes,
            options: job.options.clone(),
            state: job.state,
            progress: job.progress,
            attempt: job.attempt,
            created_at: rfc3339(job.created_ms),
            updated_at: rfc3339(job.updated_ms),
            error: job.error.clone(),
            mp3: job.mp3.as_ref().map(|mp3| Mp3View {
                size: mp3.bytes,
                duration_seconds: mp3.duration.as_millis() as f64 / 1000.0,
                expires_at: job.mp3_expires_ms.map(rfc3339),
                warnings: mp3.warnings(),
            }),
            video_kept_until: job.video_kept_until_ms.map(rfc3339),
            mail: job.mail.map(|state| MailView {
                state,
                attempt: job.mail_attempt,
                error: job.mail_error.clone(),
            }),
            tracks: Vec::new(),
            attempts: Vec::new(),
            links: Links {
                itself: format!("/jobs/{id}"),
                events: format!("/jobs/{id}/events"),
                // A job that failed at once never gets an MP3.
                download: (job.state != State::Failed || job.mp3.is_some())
                    .then(|| format!("/download?fid={id}")),
            },
            id,
        }
    }
}

impl JobView {
    /// Adds what only the job's own page lists: its tracks and its attempts.
    #[must_use]
    pub fn with_details(mut self, job: &Job, attempts: &[Attempt]) -> Self {
        self.tracks = job.tracks().to_vec();
        self.attempts = attempts.iter().map(AttemptView::from).collect();
        self
    }

    /// The view of a job that was just accepted. It is built without another
    /// query, because a failing query would make the client believe that the
    /// upload failed.
    pub fn queued(file: &NewJob, uploader: &Uploader, now_ms: u64) -> Self {
        Self::from(&Job {
            id: file.id,
            owner: uploader.owner.clone(),
            username: uploader.username.clone(),
            name: file.name.clone(),
            bytes: file.bytes,
            options: file.options.clone(),
            state: State::Queued,
            progress: 0.0,
            attempt: 0,
            error: None,
            video_blob: None,
            video_kept_until_ms: None,
            mp3: None,
            failed_tracks: Vec::new(),
            mp3_expires_ms: None,
            requeues: 0,
            mail: None,
            mail_attempt: 0,
            mail_error: None,
            traceparent: None,
            created_ms: now_ms,
            updated_ms: now_ms,
        })
    }
}
