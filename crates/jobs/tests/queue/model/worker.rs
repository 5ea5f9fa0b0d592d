//! The steps of workers on their claims, in time or late.

use tonearm_jobs::{Claim, Failure, Fence, MailState, Queue, Retention, State};

use super::Step;
use super::world::{World, kind};
use crate::redis::{LEASE, NO_LEASE, mp3};

impl World {
    pub fn take_claim_step(&mut self, claim: &Claim, step: Step) {
        let held = self.held(claim).is_some();
        let failure = Failure::new("x", "X \"quoted\" / ü.");
        // Each attempt writes a blob of its own.
        self.mp3s += 1;
        let blob = format!("mp3/{}/{}", claim.job.id, self.mp3s);
        let fence = match (step, claim.queue) {
            (Step::Renew { .. }, _) => self.jobs.renew(claim, LEASE, 0.5),
            (Step::RetryLater { .. }, _) => self.jobs.retry_later(claim, &failure, LEASE),
            (Step::Convert { expires, .. }, Queue::Convert) => {
                self.jobs.stage(&[&blob], LEASE).unwrap();
                self.blobs.insert(blob.clone());
                let mp3 = mp3(blob.clone());
                let retention = Retention {
                    video: if expires { LEASE } else { NO_LEASE },
                    mp3: expires.then_some(LEASE),
                };
                self.jobs.converted(claim, &mp3, retention)
            }
            (Step::Fail { keep_video, .. }, Queue::Convert) => {
                let keep = keep_video.then_some(LEASE);
                self.jobs.failed(claim, &failure, &[], keep)
            }
            (Step::Mail { sent, .. }, Queue::Notify) => {
                let outcome = if sent { Ok(()) } else { Err(&failure) };
                self.jobs.mailed(claim, outcome)
            }
            _ => return,
        };
        let expected = if held { Fence::Held } else { Fence::Lost };
        assert_eq!(fence.unwrap(), expected, "{step:?} of {claim:?}");
        let Some(job) = self.held(claim) else { return };
        let counter = match step {
            Step::Renew { .. } => {
                job.work(claim.queue).due = false;
                return;
            }
            Step::RetryLater { .. } => {
                job.work(claim.queue).due = false;
                match claim.queue {
                    Queue::Convert => job.state = State::Queued,
                    _ => job.mail = Some(MailState::Pending),
                }
                format!("retries:{}:x", kind(claim.queue))
            }
            Step::Convert { expires, .. } => {
                (job.mp3, job.kept) = (Some(blob), expires);
                job.parts.clear();
                self.ended(claim.job.id, State::Done);
                "conversions_done".to_owned()
            }
            Step::Fail { keep_video, .. } => {
                job.convert.dead = keep_video;
                job.kept = keep_video || job.kept_before;
                self.ended(claim.job.id, State::Failed);
                "conversions_failed:x".to_owned()
            }
            Step::Mail { sent: true, .. } => {
                self.mailed(claim.job.id, MailState::Sent);
                "mails_sent".to_owned()
            }
            _ => {
                self.mailed(claim.job.id, MailState::Failed);
                "mails_failed:x".to_owned()
            }
        };
        self.count(&counter);
    }
}
