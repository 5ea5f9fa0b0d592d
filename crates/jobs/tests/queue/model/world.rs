//! The model, and the steps on both model and queue.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tonearm_account_state::AccountState;
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
    /// Whether a claim may have held the entry back, so that it is not surely due.
    pub may_be_held: bool,
    /// Whether there is a dead letter.
    pub dead: bool,
}

/// The expected state of a job.
#[derive(Debug, Clone)]
pub struct Expected {
    pub owner: String,
    pub state: State,
    /// The state of its own entry.
    pub mail: Option<MailState>,
    /// The jobs of its upload.
    pub upload: Vec<JobId>,
    /// The job that carries its email.
    pub carrier: Option<JobId>,
    pub convert: Work,
    pub mailing: Work,
    pub video: String,
    pub mp3: Option<String>,
    /// Whether the video of an ended job has not expired.
    pub kept: bool,
    /// Whether the job is converted again, and its video stays if that fails.
    pub kept_before: bool,
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

    fn convert_is_due(&self) -> bool {
        let waits = matches!(self.state, State::Queued | State::Converting);
        self.convert.due && waits && self.split.is_none()
    }

    pub fn working(&self, queue: Queue) -> bool {
        match queue {
            Queue::Convert => self.state == State::Converting,
            _ => self.mail == Some(MailState::Sending),
        }
    }
}

/// The queue, its model, and every claim ever made.
pub struct World {
    pub jobs: Jobs<Connection>,
    pub accounts: AccountState<Connection>,
    /// The users who want no emails.
    pub without_mails: BTreeSet<String>,
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
            accounts: AccountState::new(server.connect()),
            without_mails: BTreeSet::new(),
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
            Step::Accept { owner, files } => self.accept(format!("u{owner}"), files),
            Step::Claim { queue, lease } => {
                self.claim(queue, lease);
            }
            Step::ConvertNext => {
                self.convert_next();
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
            Step::ConvertAgain { job } => self.convert_again(job),
            Step::Mails { owner, wanted } => self.set_mails(format!("u{owner}"), wanted),
            Step::DeleteAccount { owner } => self.delete_account(&format!("u{owner}")),
            Step::LeasesExpire => self.leases_expire(),
            Step::FilesExpire => self.files_expire(),
            Step::CollectGarbage => self.collect_garbage(),
            Step::RestartRedis => {
                server.restart();
                (self.jobs, self.redis) = (connect(server), server.connect());
                self.accounts = AccountState::new(server.connect());
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
        match queue {
            Queue::Convert => self.claim_conversion(lease),
            _ => self.claim_mail(lease).map(|mail| mail.claim),
        }
    }

    fn claim_conversion(&mut self, is_long: bool) -> Option<Claim> {
        let claim = self.jobs.claim(Queue::Convert, "worker", lease(is_long));
        let Some(claim) = claim.unwrap() else {
            let due = self.expected.values().any(Expected::convert_is_due);
            assert!(!due, "no conversion was handed out");
            return None;
        };
        let job = self.expected.get_mut(&claim.job.id);
        let job = job.expect("the job is there");
        assert!(job.convert_is_due(), "{claim:?} was not due");
        let expired = job.working(Queue::Convert);
        job.state = State::Converting;
        self.claimed(&claim, expired, is_long);
        Some(claim)
    }

    /// Counts the attempt of a claim.
    pub fn claimed(&mut self, claim: &Claim, expired: bool, is_long: bool) {
        let job = self.expected.get_mut(&claim.job.id);
        let work = job.expect("the job is there").work(claim.queue);
        work.attempt += 1;
        (work.due, work.may_be_held) = (!is_long, false);
        assert_eq!(
            (claim.attempt, claim.attempts_since_queued),
            (work.attempt, work.attempt - work.attempts_before)
        );
        let kind = kind(claim.queue);
        self.count(&format!("attempts:{kind}"));
        if expired {
            self.count(&format!("leases_expired:{kind}"));
        }
        self.claims.push(claim.clone());
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
            job.mailing.may_be_held = false;
        }
    }

    fn files_expire(&mut self) {
        self.redis.expire_all("tonearm:garbage");
        for job in self.expected.values_mut() {
            job.kept &= !job.has_ended();
        }
    }

    fn collect_garbage(&mut self) {
        for blob in self.jobs.expired_blobs(1000).unwrap() {
            self.blobs.remove(&blob);
            self.jobs.forget_blob(&blob).unwrap();
        }
    }

    /// Converts the next job, if one is due.
    fn convert_next(&mut self) -> bool {
        let claim = self.claim_conversion(true);
        if let Some(claim) = &claim {
            let step = Step::Convert {
                claim: 0,
                expires: false,
            };
            self.take_claim_step(claim, step);
        }
        claim.is_some()
    }

    /// Lets workers finish everything.
    pub fn drain(&mut self) {
        self.leases_expire();
        while self.convert_next() {}
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
        for owner in ["u0", "u1"] {
            self.delete_account(owner);
        }
        self.files_expire();
        self.collect_garbage();
    }
}

/// A lease, or one that has expired by the time of the next command.
pub fn lease(is_long: bool) -> Duration {
    if is_long { LEASE } else { NO_LEASE }
}

pub fn kind(queue: Queue) -> &'static str {
    match queue {
        Queue::Convert => "convert",
        _ => "mail",
    }
}
