//! Split conversions, and the steps of workers on segments.

use tonearm_jobs::{Failure, Fence, Retention, SegmentClaim, SegmentFence, State};

use super::Step;
use super::world::{Expected, World};
use crate::redis::{LEASE, NO_LEASE, mp3};

/// The number of segments of a split conversion.
const COUNT: usize = 2;

/// The expected state of a split conversion.
#[derive(Debug, Clone, Default)]
pub struct Split {
    /// Its number among all splits.
    plan: usize,
    pub segments: Vec<Segment>,
}

/// The expected state of a segment.
#[derive(Debug, Clone, Default)]
pub struct Segment {
    attempt: u32,
    pub due: bool,
    /// Whether a worker has claimed it.
    pub held: bool,
    /// Whether it has an entry: until its part is stored or, for the last one, until all
    /// are joined.
    pub queued: bool,
    /// The blob of its part.
    pub part: Option<String>,
}

impl Split {
    /// Whether every segment has its part.
    fn is_whole(&self) -> bool {
        self.segments.iter().all(|segment| segment.part.is_some())
    }

    /// The numbers of the segments that have an entry: one stays for the join.
    pub fn entries(&self) -> Vec<usize> {
        let numbers = 0..self.segments.len();
        numbers
            .filter(|number| self.segments[*number].queued)
            .collect()
    }

    /// The blobs of the stored parts.
    pub fn parts(&self) -> impl Iterator<Item = &String> {
        self.segments
            .iter()
            .filter_map(|segment| segment.part.as_ref())
    }
}

impl World {
    /// Splits the conversion of a claim.
    pub fn split(&mut self, claim: &tonearm_jobs::Claim) {
        let held = self.held(claim).is_some();
        let specs: Vec<_> = (0..COUNT).map(|n| format!("spec {n}")).collect();
        let fence = self.jobs.split(claim, "all", &specs).unwrap();
        self.splits += 1;
        let plan = self.splits;
        let Some(job) = self.held(claim) else {
            // Repeated by the worker that split it, the reply is the same.
            let again = self
                .expected
                .get(&claim.job.id)
                .is_some_and(|job| job.split.is_some() && job.convert.attempt == claim.attempt);
            let expected = if again { Fence::Held } else { Fence::Lost };
            return assert_eq!(fence, expected, "split of {claim:?}");
        };
        assert!(held && fence == Fence::Held);
        let segment = Segment {
            due: true,
            queued: true,
            ..Segment::default()
        };
        job.split = Some(Split {
            plan,
            segments: vec![segment; COUNT],
        });
        self.count("conversions_cut");
    }

    pub fn claim_segment(&mut self, lease: bool) -> Option<SegmentClaim> {
        let time = if lease { LEASE } else { NO_LEASE };
        let claim = self.jobs.claim_segment("worker", time).unwrap();
        let is_due = |job: &Expected| {
            let split = job.split.iter();
            split
                .flat_map(|split| &split.segments)
                .any(|segment| segment.due)
        };
        let Some(claim) = claim else {
            assert!(
                !self.expected.values().any(is_due),
                "no segment was handed out"
            );
            return None;
        };
        let job = self
            .expected
            .get_mut(&claim.job.id)
            .expect("the job is there");
        let split = job.split.as_mut().expect("it is split");
        let (plan, whole) = (split.plan, split.is_whole());
        let segment = &mut split.segments[claim.number as usize];
        assert!(segment.due, "{claim:?} was not due");
        segment.attempt += 1;
        let expired = std::mem::replace(&mut segment.held, true);
        segment.due = !lease;
        assert_eq!((claim.attempt, claim.is_encoded), (segment.attempt, whole));
        self.count("attempts:segment");
        if expired {
            self.count("leases_expired:segment");
        }
        self.segment_claims.push((plan, claim.clone()));
        Some(claim)
    }

    /// The segment of the model and its job, if the claim of that plan holds it.
    fn held_segment(&mut self, plan: usize, claim: &SegmentClaim) -> Option<&mut Expected> {
        let job = self.expected.get_mut(&claim.job.id)?;
        let split = job.split.as_ref().filter(|split| split.plan == plan)?;
        let segment = split.segments.get(claim.number as usize)?;
        let is_there = split.entries().contains(&(claim.number as usize));
        (segment.attempt == claim.attempt && is_there).then_some(job)
    }

    pub fn take_segment_step(&mut self, plan: usize, claim: &SegmentClaim, step: Step) {
        let held = self
            .held_segment(plan, claim)
            .map(|job| job.split.clone().expect("it is split"));
        let number = claim.number as usize;
        let failure = Failure::new("x", "X \"quoted\" / ü.");
        let fence = |held| if held { Fence::Held } else { Fence::Lost };
        match step {
            Step::RenewSegment { .. } => {
                let kept = self.jobs.renew_segment(claim, LEASE, 0.5).unwrap();
                assert_eq!(kept, fence(held.is_some()), "{step:?} of {claim:?}");
                self.change(plan, claim, |segment| segment.due = false);
            }
            Step::RetrySegment { .. } => {
                let kept = self
                    .jobs
                    .retry_segment_later(claim, &failure, LEASE)
                    .unwrap();
                assert_eq!(kept, fence(held.is_some()), "{step:?} of {claim:?}");
                let changed = self.change(plan, claim, |segment| {
                    (segment.due, segment.held) = (false, false);
                });
                if changed {
                    self.count("retries:segment:x");
                }
            }
            Step::PartDone { .. } => {
                self.mp3s += 1;
                let blob = format!("mp3/{}/segment-{}", claim.job.id, self.mp3s);
                self.jobs.stage(&[&blob], LEASE).unwrap();
                self.blobs.insert(blob.clone());
                let kept = self.jobs.segment_done(claim, &blob, &blob).unwrap();
                let is_new = held.filter(|split| split.segments[number].part.is_none());
                let Some(split) = is_new else {
                    return assert_eq!(kept, SegmentFence::Lost, "{step:?} of {claim:?}");
                };
                let missing = split
                    .segments
                    .iter()
                    .filter(|one| one.part.is_none())
                    .count();
                let last = missing == 1;
                assert_eq!(
                    kept,
                    if last {
                        SegmentFence::Last
                    } else {
                        SegmentFence::Held
                    }
                );
                self.change(plan, claim, |segment| {
                    segment.part = Some(blob.clone());
                    if !last {
                        (segment.due, segment.held, segment.queued) = (false, false, false);
                    }
                });
            }
            Step::FailSegment { keep_video, .. } => {
                let keep = keep_video.then_some(LEASE);
                let kept = self
                    .jobs
                    .segment_failed(claim, &failure, &[], keep)
                    .unwrap();
                assert_eq!(kept, fence(held.is_some()), "{step:?} of {claim:?}");
                let Some(job) = self.held_segment(plan, claim) else {
                    return;
                };
                job.split = None;
                job.convert.dead = keep_video;
                job.kept = keep_video || job.kept_before;
                self.ended(claim.job.id, State::Failed);
                self.count("conversions_failed:x");
            }
            Step::Join { expires, .. } => {
                self.mp3s += 1;
                let blob = format!("mp3/{}/{}", claim.job.id, self.mp3s);
                self.jobs.stage(&[&blob], LEASE).unwrap();
                self.blobs.insert(blob.clone());
                let mp3 = mp3(blob.clone());
                let retention = Retention {
                    video: if expires { LEASE } else { NO_LEASE },
                    mp3: expires.then_some(LEASE),
                };
                let kept = self.jobs.joined(claim, &mp3, retention).unwrap();
                let whole = held.as_ref().is_some_and(Split::is_whole);
                assert_eq!(kept, fence(whole), "{step:?} of {claim:?}");
                let Some(job) = self.held_segment(plan, claim).filter(|_| whole) else {
                    return;
                };
                job.parts = job
                    .split
                    .take()
                    .iter()
                    .flat_map(Split::parts)
                    .cloned()
                    .collect();
                (job.mp3, job.kept) = (Some(blob), expires);
                self.ended(claim.job.id, State::Done);
                self.count("conversions_done");
            }
            _ => {}
        }
    }

    /// Changes the segment if the claim holds it; returns whether it does.
    fn change(
        &mut self,
        plan: usize,
        claim: &SegmentClaim,
        change: impl FnOnce(&mut Segment),
    ) -> bool {
        let Some(job) = self.held_segment(plan, claim) else {
            return false;
        };
        let split = job.split.as_mut().expect("it is split");
        change(&mut split.segments[claim.number as usize]);
        true
    }

    /// Lets workers encode and join all that is split.
    pub fn drain_segments(&mut self) {
        while let Some(claim) = self.claim_segment(true) {
            let plan = self.segment_claims.last().expect("just claimed").0;
            if !claim.is_encoded {
                self.take_segment_step(plan, &claim, Step::PartDone { claim: 0 });
            }
            let join = Step::Join {
                claim: 0,
                expires: false,
            };
            self.take_segment_step(plan, &claim, join);
        }
    }
}
