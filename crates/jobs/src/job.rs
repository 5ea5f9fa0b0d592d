//! A job as it lies in Redis.

use std::collections::HashMap;
use std::time::Duration;

use tonearm_options::Options;

use crate::timestamp::rfc3339;
use crate::{Damage, JobId, JobsError, Mp3, Value};

/// How far a conversion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for a converter, for the first time or for the next attempt.
    Queued,
    /// A converter holds it.
    Converting,
    /// There is an MP3.
    Done,
    /// There will be none.
    Failed,
}

/// How far the email about it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailState {
    /// Waits for a notifier.
    Pending,
    /// A notifier holds it.
    Sending,
    /// The email API has taken it.
    Sent,
    /// It was given up.
    Failed,
}

/// What went wrong: a stable code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Failure {
    /// `lower_snake_case`.
    pub code: String,
    /// One sentence that the file's owner understands.
    pub message: String,
}

impl Failure {
    /// A failure of the kind `code`.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

/// One upload on its way to being an MP3.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The id of the job and of its file.
    pub id: JobId,
    /// The account's id.
    pub owner: String,
    /// The account's email address.
    pub username: String,
    /// The file's name as the user gave it.
    pub name: String,
    /// Length of the upload in bytes.
    pub bytes: u64,
    /// How it is to be converted; the plain ones in a job without any.
    pub options: Options,
    /// How far the conversion is.
    pub state: State,
    /// From 0 to 1.
    pub progress: f32,
    /// Attempts at converting so far.
    pub attempt: u32,
    /// Why it failed, or why the last attempt did.
    pub error: Option<Failure>,
    /// The blob of the uploaded file, which may be swept by now where the
    /// conversion has ended.
    pub video_blob: Option<String>,
    /// The result.
    pub mp3: Option<Mp3>,
    /// Until when the MP3 is kept, milliseconds since 1970; `None` for as long
    /// as the job.
    pub mp3_expires_ms: Option<u64>,
    /// How often an operator had it converted anew.
    pub requeues: u32,
    /// How far the email is; `None` before the conversion has ended.
    pub mail: Option<MailState>,
    /// Attempts at mailing so far.
    pub mail_attempt: u32,
    /// Why the email failed, or why the last attempt did.
    pub mail_error: Option<Failure>,
    /// W3C trace context of the upload.
    pub traceparent: Option<String>,
    /// When it was accepted, milliseconds since 1970.
    pub created_ms: u64,
    /// When it last changed, milliseconds since 1970.
    pub updated_ms: u64,
}

impl Job {
    /// Whether its MP3 is no longer kept at `now_ms`.
    pub fn mp3_expired(&self, now_ms: u64) -> bool {
        self.mp3_expires_ms.is_some_and(|at| at <= now_ms)
    }

    /// The day (UTC, `YYYY-MM-DD`) until which the MP3 is kept, if there is one.
    pub fn mp3_kept_until(&self) -> Option<String> {
        let mut day = rfc3339(self.mp3_expires_ms?);
        day.truncate("YYYY-MM-DD".len());
        Some(day)
    }

    /// Reads the answer of HGETALL: field, value, field, value, …
    pub(crate) fn from_fields(fields: &[Value]) -> Result<Self, JobsError> {
        let mut map: HashMap<String, String> = HashMap::new();
        for pair in fields.chunks_exact(2) {
            if let (Some(field), Some(value)) = (pair[0].text(), pair[1].text()) {
                map.insert(field, value);
            }
        }
        Fields(map).job()
    }
}

/// The fields of a hash, taken out one by one.
struct Fields(HashMap<String, String>);

impl Fields {
    fn job(mut self) -> Result<Job, JobsError> {
        let id = self.required("id", JobId::parse)?;
        let state = |text: &str| match text {
            "queued" => Some(State::Queued),
            "converting" => Some(State::Converting),
            "done" => Some(State::Done),
            "failed" => Some(State::Failed),
            _ => None,
        };
        let mail = |text: &str| match text {
            "pending" => Some(MailState::Pending),
            "sending" => Some(MailState::Sending),
            "sent" => Some(MailState::Sent),
            "failed" => Some(MailState::Failed),
            _ => None,
        };
        let mp3 = match self.0.remove("mp3_blob") {
            Some(blob) => Some(Mp3 {
                blob,
                bytes: self.required("mp3_bytes", number)?,
                duration: Duration::from_millis(self.required("mp3_ms", number)?),
                damage: Damage {
                    is_cut_off: self.optional("source_cut_off", number)? == Some(1),
                    silent_packets: self.optional("source_silent", number)?.unwrap_or(0),
                },
            }),
            None => None,
        };
        Ok(Job {
            id,
            owner: self.required("owner", text)?,
            username: self.required("username", text)?,
            name: self.required("name", text)?,
            bytes: self.required("bytes", number)?,
            options: self.optional("options", options)?.unwrap_or_default(),
            state: self.required("state", state)?,
            progress: self.required("progress", |t| t.parse().ok())?,
            attempt: self.required("attempt", number)?,
            error: self.failure("error"),
            video_blob: self.0.remove("video_blob"),
            mp3,
            mp3_expires_ms: self.optional("mp3_expires_ms", number)?,
            requeues: self.optional("requeues", number)?.unwrap_or(0),
            mail: self.optional("mail_state", mail)?,
            mail_attempt: self.optional("mail_attempt", number)?.unwrap_or(0),
            mail_error: self.failure("mail_error"),
            traceparent: self.0.remove("traceparent").filter(|t| !t.is_empty()),
            created_ms: self.required("created_ms", number)?,
            updated_ms: self.required("updated_ms", number)?,
        })
    }

    fn optional<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, JobsError> {
        match self.0.contains_key(field) {
            true => self.required(field, parse).map(Some),
            false => Ok(None),
        }
    }

    fn required<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, JobsError> {
        let value = self.0.get(field);
        value
            .and_then(|value| parse(value))
            .ok_or_else(|| JobsError::BadRecord {
                id: self.0.get("id").cloned().unwrap_or_default(),
                reason: match value {
                    Some(value) => format!("{field} is {value:?}"),
                    None => format!("{field} is missing"),
                },
            })
    }

    fn failure(&mut self, prefix: &str) -> Option<Failure> {
        let code = self.0.remove(&format!("{prefix}_code"))?;
        let message = self
            .0
            .remove(&format!("{prefix}_message"))
            .unwrap_or_default();
        Some(Failure { code, message })
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.parse().ok()
}

fn options(text: &str) -> Option<Options> {
    serde_json::from_str(text).ok()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}
