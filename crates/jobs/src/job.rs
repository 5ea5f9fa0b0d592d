//! A job and its record in Redis.

use std::collections::HashMap;
use std::time::Duration;

use tonearm_options::Options;

use crate::timestamp::rfc3339;
use crate::{AudioTrack, Damage, JobId, JobsError, Mp3, Value};

/// The state of a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for a converter, for its first or its next attempt.
    Queued,
    /// A converter works on it.
    Converting,
    /// The MP3 is stored.
    Done,
    /// There is no MP3, and no attempt follows.
    Failed,
}

/// The state of the email about a job, or about the upload that the job is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailState {
    /// Waits for a notifier.
    Pending,
    /// A notifier works on it.
    Sending,
    /// The email API has accepted it.
    Sent,
    /// It was rejected or given up.
    Failed,
    /// There is none: the owner of the job has turned emails off or not confirmed the
    /// address.
    Skipped,
}

/// Why something failed: a stable code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// `lower_snake_case`.
    pub code: String,
    /// One sentence for the owner of the file.
    pub message: String,
}

impl Failure {
    /// A failure with a code and a sentence.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

/// One uploaded file and its conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The id of the job and of its file.
    pub id: JobId,
    /// The id of the account.
    pub owner: String,
    /// The email address of the account.
    pub username: String,
    /// The name of the file in the upload.
    pub name: String,
    /// Length of the upload in bytes.
    pub bytes: u64,
    /// The conversion options; the defaults in a job without any.
    pub options: Options,
    /// The state of the conversion.
    pub state: State,
    /// From 0 to 1.
    pub progress: f32,
    /// Attempts at the conversion so far.
    pub attempt: u32,
    /// Why the conversion failed, or why its last attempt did.
    pub error: Option<Failure>,
    /// The blob of the uploaded file. Once the conversion has ended it may have been
    /// deleted as garbage.
    pub video_blob: Option<String>,
    /// Until when the video is kept, in milliseconds since 1970; `None` while the
    /// conversion has not ended, and once the video is gone.
    pub video_kept_until_ms: Option<u64>,
    /// The result. While the job is converted again, and if that fails, the former one.
    pub mp3: Option<Mp3>,
    /// The audio tracks of an upload that could not be converted, as far as they were found.
    pub failed_tracks: Vec<AudioTrack>,
    /// Until when the MP3 is kept, in milliseconds since 1970; `None` for as long as
    /// the job.
    pub mp3_expires_ms: Option<u64>,
    /// How often an operator requeued the conversion.
    pub requeues: u32,
    /// The state of the email, which all jobs of an upload share; `None` before the
    /// conversion has ended.
    pub mail: Option<MailState>,
    /// Attempts at the email so far.
    pub mail_attempt: u32,
    /// Why the email failed, or why its last attempt did.
    pub mail_error: Option<Failure>,
    /// W3C trace context of the upload.
    pub traceparent: Option<String>,
    /// When it was accepted, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it last changed, in milliseconds since 1970.
    pub updated_ms: u64,
}

impl Job {
    /// The audio tracks of the upload, once its conversion has ended.
    pub fn tracks(&self) -> &[AudioTrack] {
        let failed = &self.failed_tracks;
        self.mp3.as_ref().map_or(failed, |mp3| &mp3.tracks)
    }

    /// Whether the MP3 has expired at `now_ms`, in milliseconds since 1970.
    pub fn mp3_expired(&self, now_ms: u64) -> bool {
        self.mp3_expires_ms.is_some_and(|at| at <= now_ms)
    }

    /// The day (UTC, `YYYY-MM-DD`) until which the MP3 is kept, if it expires.
    pub fn mp3_kept_until(&self) -> Option<String> {
        let mut day = rfc3339(self.mp3_expires_ms?);
        day.truncate("YYYY-MM-DD".len());
        Some(day)
    }

    pub(crate) fn from_fields(fields: &JobFields) -> Result<Self, JobsError> {
        fields
            .job()
            .map_err(|Damaged(reason)| JobsError::BadRecord {
                id: fields.job.0.get("id").cloned().unwrap_or_default(),
                reason,
            })
    }
}

/// The hashes of a job as the scripts return them.
#[derive(Debug, Default)]
pub(crate) struct JobFields {
    job: Fields,
    convert: Fields,
    mail: Fields,
}

/// Splits a reply into jobs: three hashes each, and before each hash the number of
/// its values. `None` where the reply has another form.
pub(crate) fn split_jobs(mut reply: &[Value]) -> Option<Vec<JobFields>> {
    let mut jobs = Vec::new();
    while !reply.is_empty() {
        let mut next = || {
            let (count, tail) = reply.split_first()?;
            let (fields, tail) = tail.split_at_checked(usize::try_from(count.int()?).ok()?)?;
            reply = tail;
            Some(Fields::new(fields))
        };
        jobs.push(JobFields {
            job: next()?,
            convert: next()?,
            mail: next()?,
        });
    }
    Some(jobs)
}

/// A length that older records lack.
fn milliseconds(length: Option<u64>) -> Duration {
    Duration::from_millis(length.unwrap_or(0))
}

impl JobFields {
    /// Whether there is no such job.
    pub(crate) fn is_missing(&self) -> bool {
        self.job.is_empty()
    }

    fn job(&self) -> Result<Job, Damaged> {
        let Self { job, convert, mail } = self;
        let tracks: Vec<AudioTrack> = job.optional("tracks", json)?.unwrap_or_default();
        let mp3 = match job.optional("mp3_blob", text)? {
            Some(blob) => Some(Mp3 {
                blob,
                bytes: job.required("mp3_bytes", number)?,
                duration: Duration::from_millis(job.required("mp3_ms", number)?),
                damage: Damage {
                    is_cut_off: job.optional("source_cut_off", number)? == Some(1),
                    silent_packets: job.optional("source_silent", number)?.unwrap_or(0),
                    silent: milliseconds(job.optional("source_silent_ms", number)?),
                    gaps: milliseconds(job.optional("source_gaps_ms", number)?),
                },
                tracks: tracks.clone(),
                track_warnings: job.optional("track_warnings", json)?.unwrap_or_default(),
            }),
            None => None,
        };
        Ok(Job {
            id: job.required("id", JobId::parse)?,
            owner: job.required("owner", text)?,
            username: job.required("username", text)?,
            name: job.required("name", text)?,
            bytes: job.required("bytes", number)?,
            options: job.optional("options", json)?.unwrap_or_default(),
            state: convert.required("state", state)?,
            progress: convert.required("progress", number)?,
            attempt: convert.required("attempt", number)?,
            error: convert.failure(),
            video_blob: job.optional("video_blob", text)?,
            video_kept_until_ms: job.optional("video_kept_ms", number)?,
            failed_tracks: match mp3 {
                Some(_) => Vec::new(),
                None => tracks,
            },
            mp3,
            mp3_expires_ms: job.optional("mp3_expires_ms", number)?,
            requeues: job.optional("requeues", number)?.unwrap_or(0),
            mail: match mail.optional("skipped", text)? {
                Some(_) => Some(MailState::Skipped),
                None => mail.optional("state", mail_state)?,
            },
            mail_attempt: mail.optional("attempt", number)?.unwrap_or(0),
            mail_error: mail.failure(),
            traceparent: job
                .optional("traceparent", text)?
                .filter(|text| !text.is_empty()),
            created_ms: job.required("created_ms", number)?,
            updated_ms: job.required("updated_ms", number)?,
        })
    }
}

/// The reason why a record cannot be parsed.
pub(crate) struct Damaged(pub(crate) String);

/// The fields of one hash.
#[derive(Debug, Default)]
pub(crate) struct Fields(HashMap<String, String>);

impl Fields {
    /// Parses field, value, field, value, …
    pub(crate) fn new(values: &[Value]) -> Self {
        let (pairs, _) = values.as_chunks::<2>();
        let pairs = pairs.iter();
        Self(
            pairs
                .filter_map(|[f, v]| Some((f.text()?, v.text()?)))
                .collect(),
        )
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a field; `None` if there is no such field.
    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// All fields and their texts.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter();
        fields.map(|(field, value)| (field.as_str(), value.as_str()))
    }

    fn optional<T>(
        &self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Damaged> {
        let value = self
            .0
            .get(field)
            .map(|value| parse(value).ok_or_else(|| Damaged(format!("{field} is {value:?}"))));
        value.transpose()
    }

    pub(crate) fn required<T>(
        &self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Damaged> {
        self.optional(field, parse)?
            .ok_or_else(|| Damaged(format!("{field} is missing")))
    }

    fn failure(&self) -> Option<Failure> {
        let code = self.0.get("error_code")?;
        let message = self.0.get("error_message").map_or("", String::as_str);
        Some(Failure::new(code, message))
    }
}

fn state(text: &str) -> Option<State> {
    match text {
        "queued" => Some(State::Queued),
        "running" => Some(State::Converting),
        "done" => Some(State::Done),
        "failed" => Some(State::Failed),
        _ => None,
    }
}

fn mail_state(text: &str) -> Option<MailState> {
    match text {
        "queued" => Some(MailState::Pending),
        "running" => Some(MailState::Sending),
        "done" => Some(MailState::Sent),
        "failed" => Some(MailState::Failed),
        _ => None,
    }
}

pub(crate) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.parse().ok()
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

pub(crate) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}
