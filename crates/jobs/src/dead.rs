//! Dead letters: work that was given up, for an operator to inspect.

use crate::{Failure, JobId, Jobs, JobsError, Queue, Redis, Value, script};

/// Work that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The job, or the letter.
    pub id: JobId,
    /// Its entry in the stream, which is the cursor of the next page.
    pub entry: String,
    /// When it was given up, in milliseconds since 1970.
    pub died_ms: u64,
    /// Why.
    pub error: Failure,
    /// The number of the last attempt.
    pub attempts: u32,
    /// The name of the file in the upload; empty for a letter.
    pub name: String,
    /// The user's email address; empty for a letter.
    pub username: String,
    /// Until when the video is kept, or the letter, in milliseconds since 1970.
    pub kept_until_ms: Option<u64>,
}

/// The outcome of [`Jobs::requeue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requeued {
    /// The work is queued again.
    Done,
    /// There is no such dead letter.
    NoSuchLetter,
    /// Its video has expired.
    VideoGone,
}

/// Values per letter in the reply of `dead_letters.lua`.
const VALUES: usize = 8;

impl<R: Redis> Jobs<R> {
    /// At most `limit` dead letters of `queue`, newest first, older than the entry
    /// `before`.
    pub fn dead_letters(
        &self,
        queue: Queue,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, JobsError> {
        let start = before.map_or("+".to_owned(), |entry| format!("({entry}"));
        let limit = limit.to_string();
        let (script, arguments) = match queue {
            Queue::Convert | Queue::Notify => {
                (&script::DEAD_LETTERS, vec![queue.kind(), &start, &limit])
            }
            Queue::Letter => (&script::DEAD_LETTERS_OF_ACCOUNTS, vec![&*start, &limit]),
        };
        let reply = self.eval(script, &arguments)?;
        let letters = reply.chunks(VALUES).map(letter).collect::<Option<_>>();
        letters.ok_or_else(|| script.unexpected(reply))
    }

    /// Removes the dead letter of the job or letter `id` from `queue` and queues the work
    /// again. Attempt numbers continue, so that late workers stay fenced off; the count of attempts
    /// restarts.
    pub fn requeue(&self, queue: Queue, id: JobId) -> Result<Requeued, JobsError> {
        let id = id.to_string();
        let reply = match queue {
            Queue::Convert | Queue::Notify => {
                self.eval_int(&script::REQUEUE, &[&id, queue.kind()])?
            }
            Queue::Letter => self.eval_int(&script::REQUEUE_LETTER, &[&id])?,
        };
        Ok(match reply {
            1 => Requeued::Done,
            -1 => Requeued::VideoGone,
            _ => Requeued::NoSuchLetter,
        })
    }

    /// Discards the dead letter of the job or letter `id` in `queue`. A video that was kept
    /// for it expires at once, and nothing is left of a letter. The state of a job stays as
    /// it is. Returns whether there was one.
    pub fn discard_dead(&self, queue: Queue, id: JobId) -> Result<bool, JobsError> {
        let id = id.to_string();
        let reply = match queue {
            Queue::Convert | Queue::Notify => {
                self.eval_int(&script::DISCARD_DEAD, &[&id, queue.kind()])?
            }
            Queue::Letter => self.eval_int(&script::DISCARD_LETTER, &[&id])?,
        };
        Ok(reply == 1)
    }
}

fn letter(values: &[Value]) -> Option<DeadLetter> {
    let [entry, id, code, message, attempts, name, username, kept] = values else {
        return None;
    };
    let entry = entry.text()?;
    Some(DeadLetter {
        id: JobId::parse(&id.text()?)?,
        died_ms: entry.split_once('-')?.0.parse().ok()?,
        entry,
        error: Failure::new(code.text()?, message.text()?),
        attempts: attempts.text()?.parse().ok()?,
        name: name.text()?,
        username: username.text()?,
        kept_until_ms: kept.text()?.parse().ok().filter(|at| *at > 0),
    })
}
