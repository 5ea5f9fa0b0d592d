//! The history of a job: its attempts and their outcomes.

use serde::{Deserialize, Serialize};

use crate::{Failure, JobId, Jobs, JobsError, Redis, keys};

/// The kind of work of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Converting the file.
    Convert,
    /// Encoding a segment of a split conversion.
    Segment,
    /// Sending the email about the job.
    Mail,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The MP3 is stored, or the email is sent.
    Succeeded,
    /// It failed, and another attempt follows.
    Retrying,
    /// It failed for good.
    Failed,
    /// The worker stopped renewing its lease; another attempt has started.
    LeaseExpired,
    /// An operator requeued the conversion in the meantime.
    Superseded,
}

/// One attempt, as the scripts store it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Attempt {
    /// The kind of work.
    pub kind: Kind,
    /// The number of the attempt, from one.
    pub number: u32,
    /// The number of the segment, from zero. Successful attempts at segments are not
    /// in the history.
    pub segment: Option<u32>,
    /// The worker, as named in its claim.
    pub worker: String,
    /// When the work was claimed, in milliseconds since 1970.
    pub started_ms: u64,
    /// When it ended, or its lease was found expired, in milliseconds since 1970.
    pub ended_ms: Option<u64>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    code: Option<String>,
    message: Option<String>,
}

impl Attempt {
    /// Why it failed, if it did and the reason is known.
    pub fn error(&self) -> Option<Failure> {
        let code = self.code.clone()?;
        Some(Failure::new(code, self.message.clone().unwrap_or_default()))
    }
}

impl<R: Redis> Jobs<R> {
    /// The last attempts at the job `id`, oldest first. Check first that the user
    /// [owns](Self::get) the job.
    pub fn attempts(&self, id: JobId) -> Result<Vec<Attempt>, JobsError> {
        let reply = self
            .redis
            .run("LRANGE", &[&keys::attempts(id), "0", "-1"])?;
        let bad = |reason: String| JobsError::BadRecord {
            id: id.to_string(),
            reason,
        };
        reply
            .iter()
            .map(|value| {
                let json = value
                    .text()
                    .ok_or_else(|| bad("an attempt is not text".into()))?;
                serde_json::from_str(&json).map_err(|error| bad(format!("an attempt: {error}")))
            })
            .collect()
    }
}
