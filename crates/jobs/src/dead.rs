//! Dead letters: what was given up, for an operator to see to.

use crate::{Failure, Job, JobId, Jobs, JobsError, Message, Queue, Redis, Value, keys, script};

/// Work that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The job it belongs to.
    pub id: JobId,
    /// Its place in the stream: where the next page begins.
    pub entry: String,
    /// When it was given up, milliseconds since 1970.
    pub died_ms: u64,
    /// Why.
    pub error: Failure,
    /// The number of the last attempt.
    pub attempts: u32,
    /// The file's name as the user gave it.
    pub name: String,
    /// The user's email address.
    pub username: String,
    /// Until when the video is kept, milliseconds since 1970.
    pub kept_until_ms: Option<u64>,
}

/// What came of [`Jobs::requeue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requeued {
    /// It is queued again and the bell is rung.
    Done,
    /// There is no such dead letter.
    NoSuchLetter,
    /// Its video is not kept any more.
    VideoGone,
}

/// Values in the answer of `dead_letters.lua` per letter.
const VALUES: usize = 8;

impl<R: Redis> Jobs<R> {
    /// At most `most` dead letters of `queue`, newest first, from the one before
    /// the entry `before` on.
    pub fn dead_letters(
        &self,
        queue: Queue,
        before: Option<&str>,
        most: u32,
    ) -> Result<Vec<DeadLetter>, JobsError> {
        let start = before.map_or("+".to_owned(), |entry| format!("({entry}"));
        let answer = self.eval(
            script::DEAD_LETTERS,
            &[&keys::dead(queue), keys::SWEEP],
            &[keys::JOB_PREFIX, &start, &most.to_string()],
        )?;
        let letters = answer.chunks(VALUES).map(letter).collect::<Option<_>>();
        letters.ok_or(JobsError::Answer {
            script: script::DEAD_LETTERS.name,
            answer,
        })
    }

    /// Takes the job's dead letter out of `queue` and queues the work again.
    /// Attempts are numbered on, so that a late worker stays fenced off, while
    /// tries are counted anew.
    pub fn requeue(&self, queue: Queue, id: JobId) -> Result<Requeued, JobsError> {
        let fields = self.redis.run("HGETALL", &[&keys::job(id)])?;
        if fields.is_empty() {
            return Ok(Requeued::NoSuchLetter);
        }
        let job = Job::from_fields(&fields)?;
        let message = Message::about(&job, job.mp3.is_some()).to_json();
        let answer = match queue {
            Queue::Convert => self.eval_int(
                script::REQUEUE,
                &[
                    &keys::job(id),
                    &keys::dead(Queue::Convert),
                    &keys::stream(Queue::Convert),
                    &keys::owner_active(&job.owner),
                    keys::SWEEP,
                    &keys::stream(Queue::Notify),
                    &keys::leases(Queue::Notify),
                    &keys::dead(Queue::Notify),
                ],
                &[&id.to_string(), keys::GROUP, &message, queue.channel()],
            ),
            Queue::Notify => self.eval_int(
                script::REQUEUE_MAIL,
                &[
                    &keys::job(id),
                    &keys::dead(Queue::Notify),
                    &keys::stream(Queue::Notify),
                ],
                &[&id.to_string(), &message, queue.channel()],
            ),
        }?;
        Ok(match answer {
            1 => Requeued::Done,
            -1 => Requeued::VideoGone,
            _ => Requeued::NoSuchLetter,
        })
    }

    /// Drops the job's dead letter from `queue`; a video kept for it is litter.
    /// The job stays what it is. Answers whether there was one.
    pub fn discard_dead(&self, queue: Queue, id: JobId) -> Result<bool, JobsError> {
        let answer = self.eval_int(
            script::DISCARD_DEAD,
            &[&keys::job(id), &keys::dead(queue), keys::SWEEP],
            &[
                queue.dead_field(),
                if queue == Queue::Convert { "1" } else { "0" },
            ],
        )?;
        Ok(answer == 1)
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
