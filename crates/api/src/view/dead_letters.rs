//! The JSON representation of a page of dead letters.

use serde::Serialize;
use tonearm_jobs::{DeadLetter, Failure, Queue, rfc3339};

/// A page of dead letters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeadLettersView {
    dead_letters: Vec<LetterView>,
    /// Path of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct LetterView {
    id: String,
    queue: &'static str,
    /// The file and the user; absent for a letter, whose content only the notifier can read.
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    username: String,
    attempts: u32,
    error: Failure,
    /// RFC 3339, UTC.
    died_at: String,
    /// RFC 3339, UTC: the dead letter can be requeued until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    video_kept_until: Option<String>,
    /// RFC 3339, UTC: the letter and its dead letter are deleted then.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter_kept_until: Option<String>,
    links: LetterLinks,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct LetterLinks {
    #[serde(rename = "self")]
    itself: String,
    requeue: String,
}

impl DeadLettersView {
    /// A page of the dead letters of `queue`, which were queried with a limit of
    /// `limit`.
    pub fn new(queue: Queue, letters: &[DeadLetter], limit: u32) -> Self {
        let name = queue.name();
        let full = letters.len() as u64 >= u64::from(limit);
        let last = letters.last().filter(|_| full);
        let kept_until = |letter: &DeadLetter| letter.kept_until_ms.map(rfc3339);
        let view = |letter: &DeadLetter| LetterView {
            id: letter.id.to_string(),
            queue: name,
            name: letter.name.clone(),
            username: letter.username.clone(),
            attempts: letter.attempts,
            error: letter.error.clone(),
            died_at: rfc3339(letter.died_ms),
            video_kept_until: kept_until(letter).filter(|_| queue != Queue::Letter),
            letter_kept_until: kept_until(letter).filter(|_| queue == Queue::Letter),
            links: LetterLinks {
                itself: format!("/admin/dead-letters/{}?queue={name}", letter.id),
                requeue: format!("/admin/dead-letters/{}/requeue?queue={name}", letter.id),
            },
        };
        Self {
            dead_letters: letters.iter().map(view).collect(),
            next: last.map(|letter| {
                let before = &letter.entry;
                format!("/admin/dead-letters?queue={name}&before={before}&limit={limit}")
            }),
        }
    }
}
