//! A queue in memory: as much of `tonearm_jobs::Jobs` as the API can observe.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tonearm_account_state::TokenFacts;
use tonearm_api::JobQueue;
use tonearm_jobs::{
    Accepted, Again, Attempt, Changes, DeadLetter, Job, JobId, JobsError, Metrics, NewJob, Queue,
    QueueGauges, RedisError, Requeued, State, Uploader,
};
use tonearm_options::Options;

use crate::upload_queue::Uploads;

/// What the queue holds.
#[derive(Default)]
pub struct Contents {
    pub jobs: BTreeMap<JobId, Job>,
    /// Deleted jobs, with their owner and the time of the deletion in milliseconds.
    pub gone: Vec<(JobId, String, u64)>,
    /// The unfinished jobs that each query of changes named.
    pub followed: Vec<Option<Vec<JobId>>>,
    /// The time of the queue's clock, in milliseconds.
    pub now_ms: u64,
    pub attempts: BTreeMap<JobId, Vec<Attempt>>,
    /// Blobs registered for garbage collection, with the delay they were given.
    pub staged: BTreeMap<String, Duration>,
    /// How often blobs were staged.
    pub stage_calls: usize,
    pub dead_letters: Vec<(Queue, DeadLetter)>,
    /// Accounts that accept no jobs, and whose jobs are to be deleted.
    pub deleted_accounts: BTreeSet<String>,
    /// Queues whose workers were notified.
    pub notified: Vec<Queue>,
    /// Counters of the metrics.
    pub counters: BTreeMap<String, i64>,
    /// Whether every operation fails, as without Redis.
    pub is_down: bool,
    /// Accounts and the lowest version of their tokens that is not revoked.
    pub min_versions: BTreeMap<String, u64>,
    /// Accounts and their ended sessions.
    pub ended_sessions: BTreeSet<(String, String)>,
    /// Results of the next calls of `accept`, before it works normally.
    pub accept_results: VecDeque<AcceptResult>,
    /// Resumable uploads.
    pub uploads: Uploads,
    /// Time since the start of the world.
    pub now: Duration,
    /// How many more operations work, before the gateway dies: every later one fails. The
    /// file store counts as well.
    pub operations_left: Option<usize>,
}

impl Contents {
    /// Unfinished jobs and resumable uploads of a user.
    pub fn unfinished(&self, owner: &str) -> u64 {
        let jobs = self.jobs.values();
        let jobs = jobs.filter(|job| job.owner == owner && is_active(job));
        jobs.count() as u64 + self.uploads.unfinished(owner)
    }

    /// Counts an operation; `false` if the gateway is dead.
    pub fn operate(&mut self) -> bool {
        match &mut self.operations_left {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => true,
        }
    }
}

/// A prepared outcome of `accept`.
#[derive(Debug, Clone, Copy)]
pub enum AcceptResult {
    /// Redis goes down before anything happens.
    Down,
    /// The jobs are recorded, but Redis goes down before the reply.
    ReplyLost,
    /// The upload took too long.
    TooLate,
    /// A record is damaged.
    Damaged,
}

/// A connection to the queue.
#[derive(Clone, Default)]
pub struct MemoryQueue(pub Rc<RefCell<Contents>>);

impl MemoryQueue {
    /// As much of `tonearm_account_state::AccountState` as the API can observe.
    pub fn is_revoked(&self, token: &TokenFacts<'_>) -> Result<bool, JobsError> {
        let contents = self.contents()?;
        let min_version = contents.min_versions.get(token.account);
        let has_ended = token.session.is_some_and(|session| {
            let session = (token.account.to_owned(), session.to_owned());
            contents.ended_sessions.contains(&session)
        });
        Ok(has_ended || min_version > token.version.as_ref())
    }

    pub fn contents(&self) -> Result<std::cell::RefMut<'_, Contents>, JobsError> {
        let mut contents = self.0.borrow_mut();
        match contents.is_down || !contents.operate() {
            true => Err(broken()),
            false => Ok(contents),
        }
    }

    /// Loses the reply of a step that creates jobs, if a test prepared that.
    pub fn lose_reply(&self) -> Result<(), JobsError> {
        let mut contents = self.0.borrow_mut();
        match contents.accept_results.pop_front() {
            Some(_) => {
                contents.is_down = true;
                Err(broken())
            }
            None => Ok(()),
        }
    }
}

pub fn broken() -> JobsError {
    JobsError::Redis(RedisError("connection refused".to_owned()))
}

fn is_active(job: &Job) -> bool {
    matches!(job.state, State::Queued | State::Converting)
}

impl JobQueue for MemoryQueue {
    fn ping(&self) -> Result<(), JobsError> {
        self.contents().map(|_| ())
    }

    fn active(&self, owner: &str) -> Result<u64, JobsError> {
        Ok(self.contents()?.unfinished(owner))
    }

    fn stage(&self, blobs: &[&str], expires_after: Duration) -> Result<(), JobsError> {
        let mut contents = self.contents()?;
        contents.stage_calls += 1;
        for blob in blobs {
            contents.staged.insert((*blob).to_owned(), expires_after);
        }
        Ok(())
    }

    fn accept(
        &self,
        uploader: &Uploader,
        files: &[NewJob],
        max_active: u64,
    ) -> Result<Accepted, JobsError> {
        let prepared = self.contents()?.accept_results.pop_front();
        match prepared {
            Some(AcceptResult::Down) => {
                self.contents()?.is_down = true;
                return Err(broken());
            }
            Some(AcceptResult::TooLate) => return Ok(Accepted::TooLate),
            Some(AcceptResult::Damaged) => {
                return Err(JobsError::BadRecord {
                    id: String::new(),
                    reason: "state is missing".to_owned(),
                });
            }
            Some(AcceptResult::ReplyLost) | None => {}
        }
        let is_new = |file: &&NewJob| !self.0.borrow().jobs.contains_key(&file.id);
        let new: Vec<_> = files.iter().filter(is_new).collect();
        if self.contents()?.deleted_accounts.contains(&uploader.owner) {
            return Ok(Accepted::NoSuchOwner);
        }
        if self.active(&uploader.owner)? + new.len() as u64 > max_active {
            return Ok(Accepted::TooManyActive);
        }
        let mut contents = self.contents()?;
        for file in new {
            contents.staged.remove(&file.blob);
            contents.jobs.insert(file.id, queued(file, uploader));
        }
        if prepared.is_some() {
            contents.is_down = true;
            return Err(broken());
        }
        Ok(Accepted::All)
    }

    fn get(&self, id: JobId, owner: &str) -> Result<Option<Job>, JobsError> {
        let contents = self.contents()?;
        let job = contents.jobs.get(&id).filter(|job| job.owner == owner);
        Ok(job.cloned())
    }

    fn list(&self, owner: &str, before: Option<JobId>, limit: u32) -> Result<Vec<Job>, JobsError> {
        let contents = self.contents()?;
        let newest_first = contents.jobs.values().rev();
        let page = newest_first.filter(|job| job.owner == owner);
        let page = page.filter(|job| before.is_none_or(|before| job.id < before));
        Ok(page.take(limit as usize).cloned().collect())
    }

    fn changes(
        &self,
        owner: &str,
        since_ms: Option<u64>,
        unfinished: Option<&[JobId]>,
    ) -> Result<Changes, JobsError> {
        let mut contents = self.contents()?;
        contents.now_ms += 1000;
        contents.followed.push(unfinished.map(<[JobId]>::to_vec));
        let now_ms = contents.now_ms;
        let since = since_ms.filter(|since| *since <= now_ms);
        let has_changed = |job: &&Job| match since {
            Some(since) => job.updated_ms >= since,
            None => is_active(job) || job.updated_ms + 60_000 >= now_ms,
        };
        let jobs = contents.jobs.values().filter(|job| job.owner == owner);
        let gone = contents.gone.iter();
        let gone =
            gone.filter(|(_, of, at)| of == owner && since.is_some_and(|since| *at >= since));
        Ok(Changes {
            now_ms,
            is_converting: jobs.clone().any(is_active),
            is_mailing: false,
            gone: gone.map(|(id, ..)| *id).collect(),
            unfinished: jobs
                .clone()
                .filter(|job| is_active(job))
                .map(|job| job.id)
                .collect(),
            jobs: jobs.filter(has_changed).cloned().collect(),
        })
    }

    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>, JobsError> {
        let contents = self.contents()?;
        Ok(contents.attempts.get(&id).cloned().unwrap_or_default())
    }

    fn rename(&self, id: JobId, owner: &str, name: &str) -> Result<bool, JobsError> {
        let mut contents = self.contents()?;
        let job = contents.jobs.get_mut(&id).filter(|job| job.owner == owner);
        Ok(job.map(|job| job.name = name.to_owned()).is_some())
    }

    fn convert_again(
        &self,
        id: JobId,
        owner: &str,
        options: &Options,
        max_active: u64,
        _: &str,
    ) -> Result<Again, JobsError> {
        if self.contents()?.deleted_accounts.contains(owner) {
            return Ok(Again::NoSuchOwner);
        }
        let active = self.active(owner)?;
        let mut contents = self.contents()?;
        let job = contents.jobs.get_mut(&id).filter(|job| job.owner == owner);
        let Some(job) = job else {
            return Ok(Again::NoSuchJob);
        };
        if is_active(job) {
            return Ok(Again::Unfinished);
        }
        if job.video_kept_until_ms.is_none() {
            return Ok(Again::VideoGone);
        }
        if active >= max_active {
            return Ok(Again::TooManyActive);
        }
        (job.state, job.progress, job.error) = (State::Queued, 0.0, None);
        (job.options, job.video_kept_until_ms) = (options.clone(), None);
        Ok(Again::Queued)
    }

    fn delete(&self, id: JobId, owner: &str) -> Result<bool, JobsError> {
        let mut contents = self.contents()?;
        if contents.jobs.get(&id).is_none_or(|job| job.owner != owner) {
            return Ok(false);
        }
        contents.uploads.records.remove(&id);
        let job = contents.jobs.remove(&id).unwrap();
        let now_ms = contents.now_ms;
        contents.gone.push((id, owner.to_owned(), now_ms));
        let blobs = job
            .video_blob
            .into_iter()
            .chain(job.mp3.map(|mp3| mp3.blob));
        contents
            .staged
            .extend(blobs.map(|blob| (blob, Duration::ZERO)));
        Ok(true)
    }

    fn delete_of_deleted_accounts(&self, limit: u32) -> Result<u64, JobsError> {
        let contents = self.contents()?;
        let is_deleted = |job: &&Job| contents.deleted_accounts.contains(&job.owner);
        let jobs = contents.jobs.values().filter(is_deleted);
        let jobs = jobs.map(|job| (job.id, job.owner.clone()));
        let jobs: Vec<_> = jobs.take(limit as usize).collect();
        drop(contents);
        for (id, owner) in &jobs {
            self.delete(*id, owner)?;
        }
        Ok(jobs.len() as u64)
    }

    fn expired_blobs(&self, limit: u32) -> Result<Vec<String>, JobsError> {
        let contents = self.contents()?;
        let expired = contents.staged.iter().filter(|(_, delay)| delay.is_zero());
        Ok(expired
            .take(limit as usize)
            .map(|(blob, _)| blob.clone())
            .collect())
    }

    fn forget_blob(&self, blob: &str) -> Result<(), JobsError> {
        self.contents()?.staged.remove(blob);
        Ok(())
    }

    fn notify_if_due(&self, queue: Queue) -> Result<bool, JobsError> {
        self.contents()?.notified.push(queue);
        Ok(true)
    }

    fn dead_letters(
        &self,
        queue: Queue,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, JobsError> {
        let contents = self.contents()?;
        let letters = contents.dead_letters.iter().rev();
        let page = letters.filter(|(of, letter)| {
            *of == queue && before.is_none_or(|before| letter.entry.as_str() < before)
        });
        Ok(page
            .take(limit as usize)
            .map(|(_, letter)| letter.clone())
            .collect())
    }

    fn requeue(&self, queue: Queue, id: JobId) -> Result<Requeued, JobsError> {
        let mut contents = self.contents()?;
        let letters = &mut contents.dead_letters;
        let found = letters
            .iter()
            .position(|(of, letter)| *of == queue && letter.id == id);
        let Some(found) = found else {
            return Ok(Requeued::NoSuchLetter);
        };
        if queue == Queue::Convert && letters[found].1.kept_until_ms.is_none() {
            return Ok(Requeued::VideoGone);
        }
        letters.remove(found);
        Ok(Requeued::Done)
    }

    fn discard_dead(&self, queue: Queue, id: JobId) -> Result<bool, JobsError> {
        let mut contents = self.contents()?;
        let before = contents.dead_letters.len();
        contents
            .dead_letters
            .retain(|(of, letter)| *of != queue || letter.id != id);
        Ok(contents.dead_letters.len() < before)
    }

    fn metrics(&self) -> Result<Metrics, JobsError> {
        let contents = self.contents()?;
        let queued = contents.jobs.values().filter(|job| is_active(job)).count();
        Ok(Metrics {
            queues: vec![QueueGauges {
                queue: "video",
                length: queued as i64,
                ..QueueGauges::default()
            }],
            counters: {
                let mut counters = contents.counters.clone();
                counters.insert("jobs_accepted".to_owned(), queued as i64);
                counters
            },
        })
    }
}

pub fn queued(file: &NewJob, uploader: &Uploader) -> Job {
    Job {
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
        video_blob: Some(file.blob.clone()),
        video_kept_until_ms: None,
        mp3: None,
        failed_tracks: Vec::new(),
        mp3_expires_ms: None,
        requeues: 0,
        mail: None,
        mail_attempt: 0,
        mail_error: None,
        traceparent: Some(uploader.traceparent.clone()),
        created_ms: crate::world::NOW.as_millis() as u64,
        updated_ms: crate::world::NOW.as_millis() as u64,
    }
}
