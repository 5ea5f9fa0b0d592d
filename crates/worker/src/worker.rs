//! Working through a queue.

use tonearm_jobs::{Fence, JobsError};

use crate::step::{Step, decide};
use crate::{Clock, Ending, Item, Queue, Work};

/// Attempts in a row that end at the same place before the work is given up. Each kill hits
/// another place, so a trap ended them, which ends every further attempt too.
const MAX_DEATHS_AT_ONE_PLACE: u32 = 2;

/// A worker on one queue.
pub struct Worker<'w, Q, W> {
    /// The queue.
    pub queue: &'w Q,
    /// The work.
    pub work: &'w W,
    /// Chance for the pauses between attempts.
    pub clock: &'w dyn Clock,
    /// Attempts at an item before it is given up.
    pub max_attempts: u32,
}

impl<Q, W> std::fmt::Debug for Worker<'_, Q, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Worker");
        shown.field("max_attempts", &self.max_attempts);
        shown.finish_non_exhaustive()
    }
}

impl<Q, W> Worker<'_, Q, W>
where
    Q: Queue,
    W: Work<Item = Q::Item, Product = Q::Product>,
{
    /// Works until no item is due.
    ///
    /// # Errors
    /// Fails if no item can be claimed. An item whose outcome cannot be recorded is only
    /// logged: its lease expires and it is claimed again.
    pub fn drain(&self) -> Result<(), JobsError> {
        while let Some(item) = self.queue.claim()? {
            if let Err(error) = self.process(&item) {
                eprintln!("{item}: outcome not recorded: {error}");
            }
            self.work.after_item();
        }
        Ok(())
    }

    fn process(&self, item: &Q::Item) -> Result<(), JobsError> {
        let attempts = item.attempts_since_queued();
        println!("{}", attempt_started(item));
        let is_hopeless = item.deaths_at_one_place() >= MAX_DEATHS_AT_ONE_PLACE;
        let may_try = attempts <= self.max_attempts && !is_hopeless;
        let outcome = may_try.then(|| self.work.attempt(item));
        let step = decide(
            outcome,
            attempts,
            self.max_attempts,
            self.clock.jitter(),
            |last| self.work.gave_up(last),
        );
        let fence = match step {
            Step::Done { product, note } => {
                let fence = self.queue.done(item, &product)?;
                if fence == Fence::Held {
                    println!("{item}: done {note}");
                }
                fence
            }
            Step::Recorded { note } => {
                println!("{item}: {note}");
                Fence::Held
            }
            Step::Lost => Fence::Lost,
            Step::RetryLater { error, pause } => {
                let seconds = pause.as_secs_f64();
                let detail = &error.detail;
                eprintln!("{item}: failed, retrying pause_seconds={seconds:.1}: {detail}");
                self.queue.retry_later(item, &error.failure, pause)?
            }
            Step::Failed {
                failure,
                detail,
                tracks,
                ending,
            } => {
                match ending {
                    Ending::Permanent => println!("{item}: failed permanently: {detail}"),
                    Ending::GaveUp => eprintln!("{item}: given up attempts={attempts}: {detail}"),
                }
                self.queue.failed(item, &failure, &tracks, ending)?
            }
        };
        // The output of a lost claim stays staged. The step that lost the claim may have
        // been done and only its reply lost, so only garbage collection may delete it.
        if fence == Fence::Lost {
            println!("{item}: claim lost attempt={}", item.attempt());
        }
        Ok(())
    }
}

/// The log line at the start of an attempt. The fault suite waits for it.
pub fn attempt_started(item: &(impl Item + ?Sized)) -> String {
    let (attempt, trace) = (item.attempt(), item.traceparent().unwrap_or("-"));
    format!("{item}: attempt={attempt} started traceparent={trace}")
}

/// A unique name for one invocation of a service, for the history of jobs and the log.
pub fn worker_name(service: &str) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("{service}-{}", &id[..8])
}
