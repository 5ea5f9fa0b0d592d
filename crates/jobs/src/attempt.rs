//! A job's history: who tried what, when, and what came of it.

use serde::{Deserialize, Serialize};

use crate::{Failure, JobId, Jobs, JobsError, Redis, keys};

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Making the MP3.
    Convert,
    /// Encoding a segment of it.
    Segment,
    /// Sending the email about it.
    Mail,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The MP3 is made, the email is sent.
    Succeeded,
    /// It failed, and another attempt follows.
    Retrying,
    /// It failed for good.
    Failed,
    /// The worker was not heard of again; another attempt has followed.
    LeaseExpired,
    /// An operator had the job converted anew in the meantime.
    Superseded,
}

/// One attempt, as the scripts keep it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Attempt {
    /// What was tried.
    pub kind: Kind,
    /// Which try at it, from one.
    pub number: u32,
    /// Which segment it was about, from zero. Segments that go well leave no trace.
    pub segment: Option<u32>,
    /// The name that the worker gave when it claimed the work.
    pub worker: String,
    /// When it was claimed, milliseconds since 1970.
    pub started_ms: u64,
    /// When it ended or was found to have, milliseconds since 1970.
    pub ended_ms: Option<u64>,
    /// What came of it; `None` while it runs.
    pub outcome: Option<Outcome>,
    code: Option<String>,
    message: Option<String>,
}

impl Attempt {
    /// What went wrong, where it is known.
    pub fn error(&self) -> Option<Failure> {
        let code = self.code.clone()?;
        Some(Failure::new(code, self.message.clone().unwrap_or_default()))
    }
}

impl<R: Redis> Jobs<R> {
    /// The last attempts at the job `id`, oldest first. Ask only for those who
    /// may see the [job](Self::get).
    pub fn attempts(&self, id: JobId) -> Result<Vec<Attempt>, JobsError> {
        let answer = self
            .redis
            .run("LRANGE", &[&keys::attempts(id), "0", "-1"])?;
        let bad = |reason: String| JobsError::BadRecord {
            id: id.to_string(),
            reason,
        };
        answer
            .iter()
            .map(|value| {
                let json = value
                    .text()
                    .ok_or_else(|| bad("an attempt is no text".into()))?;
                serde_json::from_str(&json).map_err(|error| bad(format!("an attempt: {error}")))
            })
            .collect()
    }
}
