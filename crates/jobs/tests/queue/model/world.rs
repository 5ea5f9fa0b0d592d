//! The model, and the steps on both model and queue.

use std::collections::{BTreeMap, BTreeSet};

use tonearm_jobs::{Claim, JobId, Jobs, MailState, Queue, Redis, SegmentClaim, State};

use super::Step;
use super::segments::Split;
use crate::redis::{Connection, LEASE, NO_LEASE, RedisServer, connect};

/// One kind of work on a job.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// The number of the last attempt.
    pub attempt: u32,
    /// Its value when the work was last queued.
    pub attempts_before: u32,
    /// Whether its entry may be claimed.
    pub due: bool,
    /// Whether there is a dead letter.
    pub dead: bool,
}

/// The expected state of a job.
#[derive(Debug, Clone)]
pub struct Expected {
    pub owner: String,
    pub state: State,
    pub mail: Option<MailState>,
    pub convert: Work,
    pub mailing: Work,
    pub video: String,
    pub mp3: Option<String>,
    /// Whether the video of a failed job has not expired.
    pub kept: bool,
    pub requeues: u32,
    /// Its segments, while it is split.
    pub split: Option<Split>,
    /// The blobs that its MP3 is joined from.
    pub parts: Vec<String>,
}

impl Expected {
    pub fn work(&mut self, queue: Queue) -> &mut Work {
        match queue {
            Queue::Convert => &mut self.convert,
            _ => &mut self.mailing,
        }
    }

    fn due(&self, queue: Queue) -> bool {
        match queue {
            Queue::Convert => {
                let waits = matches!(self.state, State::Queued | State::Converting);
                self.convert.due && waits && self.split.is_none()
            }
            _ => {
                let waits = matches!(self.mail, Some(MailState::Pending | MailState::Sending));
                self.mailing.due && waits
            }
        }
    }

    pub fn working(&self, queue: Queue) -> bool {
        match queue {
            Queue::Convert => self.state == State::Converting,
            _ => self.mail == Some(MailState::Sending),
        }
    }

    /// The conversion has ended: the email is due.
    pub fn ended(&mut self, state: State) {
        self.state = state;
        self.mail = Some(MailState::Pending);
        self.mailing.attempts_before = self.mailing.attempt;
        self.mailing.due = true;
    }
}

/// The queue, its model, and every claim ever made.
pub struct World {
    pub jobs: Jobs<Connection>,
    pub redis: Connection,
    pub expected: BTreeMap<JobId, Expected>,
    pub counters: BTreeMap<String, i64>,
    /// Blobs in the file store.
    pub blobs: BTreeSet<String>,
    /// Every job and claim ever made: old ones must change nothing.
    pub ids: Vec<(JobId, String)>,
    claims: Vec<Claim>,
    /// With the number of the split of each.
    pub segment_claims: Vec<(usize, SegmentClaim)>,
    /// Splits ever made.
    pub splits: usize,
    /// MP3s ever made.
    pub mp3s: usize,
}

impl World {
    pub fn new(server: &RedisServer) -> Self {
        let redis = server.connect();
        redis.run("FLUSHALL", &[]).unwrap();
        Self {
            jobs: connect(server),
            redis,
            expected: BTreeMap::new(),
            counters: BTreeMap::new(),
            blobs: BTreeSet::new(),
            ids: Vec::new(),
            claims: Vec::new(),
            segment_claims: Vec::new(),
            splits: 0,
            mp3s: 0,
        }
    }

    /// Takes `step` on the queue and on the model.
    pub fn take(&mut self, server: &mut RedisServer, step: Step) {
        match step {
            Step::Accept { owner } => self.accept(format!("u{owner}")),
            Step::Claim { queue, lease } => {
                self.claim(queue, lease);
            }
            Step::Split { claim } => {
                let claim = self.claims.iter().rev().nth(claim);
                if let Some(claim) = claim.filter(|claim| claim.queue == Queue::Convert).cloned() {
                    self.split(&claim);
                }
            }
            Step::ClaimSegment { lease } => {
                self.claim_segment(lease);
            }
            Step::RenewSegment { claim }
            | Step::RetrySegment { claim }
            | Step::PartDone { claim }
            | Step::FailSegment { claim, .. }
            | Step::Join { claim, .. } => {
                let claim = self.segment_claims.iter().rev().nth(claim);
                if let Some((plan, claim)) = claim.cloned() {
                    self.take_segment_step(plan, &claim, step);
                }
            }
            Step::Delete { job } => self.delete(job),
            Step::Requeue { queue, job } => self.requeue(queue, job),
            Step::Discard { queue, job } => self.discard(queue, job),
            Step::LeasesExpire => self.leases_expire(),
            Step::FilesExpire => self.files_expire(),
            Step::CollectGarbage => self.collect_garbage(),
            Step::RestartRedis => {
                server.restart();
                (self.jobs, self.redis) = (connect(server), server.connect());
            }
            Step::Renew { claim }
            | Step::RetryLater { claim }
            | Step::Convert { claim, .. }
            | Step::Fail { claim, .. }
            | Step::Mail { claim, .. } => {
                // The newest claims are the likeliest to be held.
                if let Some(claim) = self.claims.iter().rev().nth(claim).cloned() {
                    self.take_claim_step(&claim, step);
                }
            }
        }
    }

    pub fn count(&mut self, counter: &str) {
        *self.counters.entry(counter.to_owned()).or_default() += 1;
    }

    fn claim(&mut self, queue: Queue, lease: bool) -> Option<Claim> {
        let time = if lease { LEASE } else { NO_LEASE };
        let claim = self.jobs.claim(queue, "worker", time).unwrap();
        let Some(claim) = claim else {
            let due = self.expected.values().any(|job| job.due(queue));
            assert!(!due, "nothing was handed out of {queue:?}");
            return None;
        };
        let kind = kind(queue);
        let job = self
            .expected
            .get_mut(&claim.job.id)
            .expect("the job is there");
        assert!(job.due(queue), "{claim:?} was not due");
        let expired = job.working(queue);
        match queue {
            Queue::Convert => job.state = State::Converting,
            _ => job.mail = Some(MailState::Sending),
        }
        let work = job.work(queue);
        work.attempt += 1;
        work.due = !lease;
        assert_eq!(
            (claim.attempt, claim.attempts_since_queued),
            (work.attempt, work.attempt - work.attempts_before)
        );
        self.count(&format!("attempts:{kind}"));
        if expired {
            self.count(&format!("leases_expired:{kind}"));
        }
        self.claims.push(claim.clone());
        Some(claim)
    }

    /// The job of the model, if `claim` holds it.
    pub fn held(&mut self, claim: &Claim) -> Option<&mut Expected> {
        let job = self.expected.get_mut(&claim.job.id)?;
        let current = job.work(claim.queue).attempt == claim.attempt;
        let is_cut = claim.queue == Queue::Convert && job.split.is_some();
        (current && !is_cut && job.working(claim.queue)).then_some(job)
    }

    fn leases_expire(&mut self) {
        self.redis.expire_all("tonearm:queue:video:leases");
        self.redis.expire_all("tonearm:queue:mp3:leases");
        self.redis.expire_all("tonearm:queue:segment:leases");
        for job in self.expected.values_mut() {
            let segments = job.split.iter_mut().flat_map(|split| &mut split.segments);
            segments.for_each(|segment| segment.due = segment.queued);
            (job.convert.due, job.mailing.due) = (true, true);
        }
    }

    fn files_expire(&mut self) {
        self.redis.expire_all("tonearm:garbage");
        for job in self.expected.values_mut() {
            job.kept &= job.state != State::Failed;
        }
    }

    fn collect_garbage(&mut self) {
        for blob in self.jobs.expired_blobs(1000).unwrap() {
            self.blobs.remove(&blob);
            self.jobs.forget_blob(&blob).unwrap();
        }
    }

    /// Lets workers finish everything.
    pub fn drain(&mut self) {
        self.leases_expire();
        while let Some(claim) = self.claim(Queue::Convert, true) {
            let step = Step::Convert {
                claim: 0,
                expires: false,
            };
            self.take_claim_step(&claim, step);
        }
        self.drain_segments();
        while let Some(claim) = self.claim(Queue::Notify, true) {
            let step = Step::Mail {
                claim: 0,
                sent: true,
            };
            self.take_claim_step(&claim, step);
        }
    }

    /// Deletes every job and collects the garbage.
    pub fn leave_nothing(&mut self) {
        for number in 0..self.ids.len() {
            self.delete(number);
        }
        self.files_expire();
        self.collect_garbage();
    }
}

pub fn kind(queue: Queue) -> &'static str {
    match queue {
        Queue::Convert => "convert",
        _ => "mail",
    }
}
