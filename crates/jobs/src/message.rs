//! The message on both channels: what rings the bell.

use serde::{Deserialize, Serialize};

use crate::Job;

/// The seeds' own shape, with `traceparent` beside it. A worker may log it;
/// what it works on comes from the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The job's id, absent when the bell was rung for whatever is due.
    pub video_fid: Option<String>,
    /// The same id once there is an MP3.
    pub mp3_fid: Option<String>,
    /// The user's email address.
    pub username: Option<String>,
    /// W3C trace context of the upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl Message {
    /// The message about `job`, with the MP3 where there is one.
    pub(crate) fn about(job: &Job, has_mp3: bool) -> Self {
        let id = job.id.to_string();
        Self {
            video_fid: Some(id.clone()),
            mp3_fid: has_mp3.then_some(id),
            username: Some(job.username.clone()),
            traceparent: job.traceparent.clone(),
        }
    }

    /// The message as JSON.
    pub fn to_json(&self) -> String {
        // Optional strings only: serialising them has no way to fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_format() {
        let id = Some("0190a0b1-0000-7000-8000-000000000000".to_owned());
        let mut message = Message {
            video_fid: id.clone(),
            username: Some("ada@example.org".to_owned()),
            ..Message::default()
        };
        insta::assert_snapshot!(message.to_json());
        message.mp3_fid = id;
        message.traceparent =
            Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
        insta::assert_snapshot!(message.to_json());
    }
}
