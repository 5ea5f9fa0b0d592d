//! The emails about uploads: which jobs have one together, and who carries it.

use tonearm_account_state::Recipient;
use tonearm_jobs::{JobId, MailClaim, MailState, Redis, State};

use super::world::{Expected, World};

impl Expected {
    /// Whether the email waits or is being sent.
    pub fn is_mailing(&self) -> bool {
        matches!(self.mail, Some(MailState::Pending | MailState::Sending))
    }

    fn has_free_mail(&self) -> bool {
        self.is_mailing() && self.mailing.due && self.carrier.is_none()
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.state, State::Done | State::Failed)
    }

    /// Makes the entry of the email due.
    fn release(&mut self) {
        (self.mailing.due, self.mailing.may_be_held, self.carrier) = (true, false, None);
    }
}

impl World {
    /// The jobs that have one email with this one, as uploaded, with its own.
    pub fn members(&self, id: JobId) -> Vec<JobId> {
        let shares = |id: &JobId| {
            let job = self.expected.get(id);
            job.is_some_and(|job| job.requeues == 0)
        };
        let upload = self.expected.get(&id).map(|job| job.upload.clone());
        match upload {
            Some(upload) if shares(&id) => upload.into_iter().filter(shares).collect(),
            _ => vec![id],
        }
    }

    fn have_ended(&self, members: &[JobId]) -> bool {
        members.iter().all(|id| self.expected[id].has_ended())
    }

    /// The email that the job shows: its own or that of its carrier.
    pub fn shown_mail(&self, id: JobId) -> (Option<MailState>, u32) {
        let job = &self.expected[&id];
        let carrier = job.carrier.map(|carrier| &self.expected[&carrier]);
        let shown = carrier.filter(|carrier| carrier.is_mailing() && job.is_mailing());
        let shown = shown.unwrap_or(job);
        (shown.mail, shown.mailing.attempt)
    }

    /// Whether the entry of the job's email may be claimed to be sent.
    fn may_claim_mail(&self, id: JobId) -> bool {
        let job = &self.expected[&id];
        let is_free = job.has_free_mail() && self.have_ended(&self.members(id));
        is_free && self.wants_mails(&job.owner)
    }

    /// Whether the next claim has to send or skip the job's email.
    pub fn is_surely_due(&self, id: JobId) -> bool {
        let job = &self.expected[&id];
        let may_skip = job.has_free_mail() && !self.wants_mails(&job.owner);
        !job.mailing.may_be_held && (may_skip || self.may_claim_mail(id))
    }

    fn wants_mails(&self, owner: &str) -> bool {
        !self.without_mails.contains(owner)
    }

    pub fn claim_mail(&mut self, lease: bool) -> Option<MailClaim> {
        let time = crate::model::world::lease(lease);
        let before: Vec<_> = self.expected.keys().copied().collect();
        let claim = self.jobs.claim_mail("worker", time).unwrap();
        for id in &before {
            self.note_skipped(*id);
            self.note_held(*id);
        }
        let Some(claim) = claim else {
            for id in before {
                assert!(!self.is_surely_due(id), "{id} was due");
                self.hold(id);
            }
            return None;
        };
        let id = claim.claim.job.id;
        assert!(self.may_claim_mail(id), "{claim:?} was not due");
        let members = self.members(id);
        for member in &members {
            let job = self.expected.get_mut(member).unwrap();
            let is_carried = *member != id && job.mail == Some(MailState::Pending);
            job.carrier = is_carried.then_some(id);
        }
        let about = |member: &&JobId| {
            let job = &self.expected[member];
            **member == id || job.carrier == Some(id)
        };
        let about: Vec<_> = members.iter().filter(about).copied().collect();
        let got: Vec<_> = claim.jobs.iter().map(|job| job.id).collect();
        assert_eq!(got, about, "the jobs of the upload that have no email yet");
        let job = self.expected.get_mut(&id).unwrap();
        assert_eq!(claim.to, format!("{}@example.org", job.owner));
        let upload = job.upload.first().copied().filter(|_| job.upload.len() > 1);
        assert_eq!(claim.upload, upload.filter(|_| job.requeues == 0));
        let expired = job.mail.replace(MailState::Sending) == Some(MailState::Sending);
        self.claimed(&claim.claim, expired, lease);
        for id in before {
            self.hold(id);
        }
        Some(claim)
    }

    /// A claim may have held the entry back, if another job is unfinished.
    fn hold(&mut self, id: JobId) {
        let is_waiting = self.expected[&id].mail == Some(MailState::Pending);
        if is_waiting && !self.have_ended(&self.members(id)) {
            self.expected.get_mut(&id).unwrap().mailing.may_be_held = true;
        }
    }

    /// A claim may have skipped the email of a user who wants none.
    fn note_skipped(&mut self, id: JobId) {
        let job = &self.expected[&id];
        if !job.is_mailing() || self.wants_mails(&job.owner) {
            return;
        }
        let key = format!("tonearm:job:{id}:mail");
        let skipped = self.redis.texts("HGET", &[&key, "skipped"]);
        if skipped.is_empty() {
            return;
        }
        if job.mail == Some(MailState::Sending) {
            self.count("leases_expired:mail");
        }
        self.skip(id);
    }

    /// A claim may have found an email whose worker died, and held it back since a job of the
    /// upload is converted again.
    fn note_held(&mut self, id: JobId) {
        let job = &self.expected[&id];
        if job.mail != Some(MailState::Sending) || self.have_ended(&self.members(id)) {
            return;
        }
        let key = format!("tonearm:job:{id}:mail");
        if self.redis.texts("HGET", &[&key, "state"]) == ["queued"] {
            self.count("leases_expired:mail");
            self.expected.get_mut(&id).unwrap().mail = Some(MailState::Pending);
        }
    }

    fn skip(&mut self, id: JobId) {
        self.count("mails_skipped");
        let job = self.expected.get_mut(&id).unwrap();
        (job.mail, job.carrier) = (Some(MailState::Skipped), None);
        self.let_go(id);
        let members = self.members(id);
        self.release(&members);
    }

    /// No email is carried by the job any more.
    fn let_go(&mut self, id: JobId) {
        for job in self.expected.values_mut() {
            if job.carrier == Some(id) && job.is_mailing() {
                job.release();
            }
        }
    }

    /// Makes what was held back due, if no member is unfinished.
    fn release(&mut self, members: &[JobId]) {
        if !self.have_ended(members) {
            return;
        }
        for member in members {
            let job = self.expected.get_mut(member).unwrap();
            let is_new = job.mailing.attempt == job.mailing.attempts_before;
            if job.mail == Some(MailState::Pending) && job.carrier.is_none() {
                match is_new {
                    true => job.release(),
                    false => job.mailing.may_be_held = false,
                }
            }
        }
    }

    /// The conversion has ended: the email is due, or waits for the others, or is skipped.
    pub fn ended(&mut self, id: JobId, state: State) {
        let job = self.expected.get_mut(&id).unwrap();
        job.state = state;
        job.kept_before = false;
        // A job that was converted again has its email.
        if job.mail.is_some() {
            let members = self.members(id);
            return self.release(&members);
        }
        let owner = job.owner.clone();
        if !self.wants_mails(&owner) {
            return self.skip(id);
        }
        self.begin_mail(id);
    }

    fn begin_mail(&mut self, id: JobId) {
        let job = self.expected.get_mut(&id).unwrap();
        job.mail = Some(MailState::Pending);
        job.mailing.attempts_before = job.mailing.attempt;
        job.release();
    }

    /// The email that the job carries was sent or given up.
    pub fn mailed(&mut self, id: JobId, state: MailState) {
        let members = self.members(id);
        let attempt = self.expected[&id].mailing.attempt;
        for member in &members {
            let job = self.expected.get_mut(member).unwrap();
            if *member == id {
                (job.mail, job.mailing.dead) = (Some(state), state == MailState::Failed);
            } else if job.carrier == Some(id) && job.mail == Some(MailState::Pending) {
                job.mail = Some(state);
                job.mailing.attempt = job.mailing.attempt.max(attempt);
                if state == MailState::Sent {
                    job.carrier = None;
                }
            }
        }
        let is_left = members.iter().any(|id| self.expected[id].is_mailing());
        assert!(!is_left, "an upload has one email");
    }

    /// The dead letter of the email is queued again, for all that it was about.
    pub fn requeue_mail(&mut self, id: JobId) {
        self.expected.get_mut(&id).unwrap().mailing.dead = false;
        for member in self.members(id) {
            let job = &self.expected[&member];
            let is_carried = job.carrier == Some(id) && job.mail == Some(MailState::Failed);
            if member == id || is_carried {
                self.begin_mail(member);
            }
        }
    }

    /// The job is about to be deleted, or its conversion to be requeued: it leaves its email
    /// to the others.
    pub fn leave_mail(&mut self, id: JobId, change: impl FnOnce(&mut Self)) {
        let mut others = self.members(id);
        others.retain(|other| *other != id);
        let mut is_dead = self.expected[&id].mailing.dead;
        change(self);
        self.let_go(id);
        let mut heir = None;
        for other in &others {
            let job = self.expected.get_mut(other).unwrap();
            if job.carrier != Some(id) || job.mail != Some(MailState::Failed) {
                continue;
            }
            job.carrier = heir;
            if std::mem::take(&mut is_dead) {
                job.mailing.dead = true;
                heir = Some(*other);
            }
        }
        self.release(&others);
    }

    /// The user turns emails on or off.
    pub fn set_mails(&mut self, owner: String, wanted: bool) {
        let recipient = Recipient {
            email: format!("{owner}@example.org"),
            is_confirmed: true,
            wants_mails: wanted,
        };
        self.accounts.set_recipient(&owner, &recipient).unwrap();
        match wanted {
            true => self.without_mails.remove(&owner),
            false => self.without_mails.insert(owner),
        };
    }

    /// The account is deleted and its jobs are swept. Then another user has its id.
    pub fn delete_account(&mut self, owner: &str) {
        self.accounts
            .delete(owner, super::world::lease(true))
            .unwrap();
        let mut ids: Vec<_> = self.ids.iter().filter(|(_, of)| of == owner).collect();
        ids.retain(|(id, _)| self.expected.contains_key(id));
        let ids: Vec<_> = ids.into_iter().map(|(id, _)| *id).collect();
        let mut deleted = 0;
        while deleted < ids.len() as u64 {
            let some = self.jobs.delete_of_deleted_accounts(2).unwrap();
            assert!((1..=2).contains(&some));
            deleted += some;
        }
        assert_eq!(deleted, ids.len() as u64);
        assert_eq!(self.jobs.delete_of_deleted_accounts(2).unwrap(), 0);
        for id in ids {
            self.leave_mail(id, |world| {
                world.expected.remove(&id);
            });
            self.count("jobs_deleted");
        }
        let key = format!("tonearm:account:{owner}");
        self.redis.run("DEL", &[&key]).unwrap();
        self.without_mails.remove(owner);
    }
}
