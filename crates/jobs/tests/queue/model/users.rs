//! The steps of owners and operators.

use tonearm_jobs::{Accepted, Again, Queue, Requeued, State, Uploader};
use tonearm_options::Options;

use super::world::{Expected, Work, World, kind};
use crate::redis::{LEASE, file};

impl World {
    pub fn accept(&mut self, owner: String, count: usize) {
        let uploader = Uploader {
            owner: owner.clone(),
            username: format!("{owner}@example.org"),
            notify: true,
            is_confirmed: true,
            traceparent: String::new(),
        };
        let files: Vec<_> = (0..count).map(|_| file()).collect();
        let blobs: Vec<_> = files.iter().map(|file| file.blob.as_str()).collect();
        self.jobs.stage(&blobs, LEASE).unwrap();
        let accepted = self.jobs.accept(&uploader, &files, 1000).unwrap();
        assert_eq!(accepted, Accepted::All);
        let upload: Vec<_> = files.iter().map(|file| file.id).collect();
        for file in files {
            self.count("jobs_accepted");
            self.blobs.insert(file.blob.clone());
            self.ids.push((file.id, owner.clone()));
            let expected = Expected {
                owner: owner.clone(),
                state: State::Queued,
                mail: None,
                upload: upload.clone(),
                carrier: None,
                convert: Work {
                    due: true,
                    ..Work::default()
                },
                mailing: Work::default(),
                video: file.blob,
                mp3: None,
                kept: true,
                kept_before: false,
                requeues: 0,
                split: None,
                parts: Vec::new(),
            };
            self.expected.insert(file.id, expected);
        }
    }

    pub fn delete(&mut self, number: usize) {
        let Some((id, owner)) = self.ids.iter().rev().nth(number).cloned() else {
            return;
        };
        assert!(!self.jobs.delete(id, "somebody else").unwrap());
        let there = self.expected.contains_key(&id);
        assert_eq!(self.jobs.delete(id, &owner).unwrap(), there);
        if there {
            self.leave_mail(id, |world| {
                world.expected.remove(&id);
            });
            self.count("jobs_deleted");
        }
    }

    pub fn requeue(&mut self, queue: Queue, number: usize) {
        let Some((id, _)) = self.ids.iter().rev().nth(number).cloned() else {
            return;
        };
        let answer = self.jobs.requeue(queue, id).unwrap();
        let job = self.expected.get_mut(&id).filter(|job| match queue {
            Queue::Convert => job.convert.dead,
            _ => job.mailing.dead,
        });
        let Some(job) = job else {
            return assert_eq!(answer, Requeued::NoSuchLetter);
        };
        if queue == Queue::Convert && !job.kept {
            return assert_eq!(answer, Requeued::VideoGone);
        }
        assert_eq!(answer, Requeued::Done);
        match queue {
            Queue::Convert => self.leave_mail(id, |world| {
                let job = world.expected.get_mut(&id).unwrap();
                (job.state, job.mail, job.carrier) = (State::Queued, None, None);
                job.requeues += 1;
                job.mailing.dead = false;
                let work = &mut job.convert;
                (work.dead, work.attempts_before, work.due) = (false, work.attempt, true);
            }),
            _ => self.requeue_mail(id),
        }
        self.count(&format!("requeues:{}", kind(queue)));
    }

    pub fn discard(&mut self, queue: Queue, number: usize) {
        let Some((id, _)) = self.ids.iter().rev().nth(number).cloned() else {
            return;
        };
        let answer = self.jobs.discard_dead(queue, id).unwrap();
        let dead = self
            .expected
            .get_mut(&id)
            .is_some_and(|job| std::mem::take(&mut job.work(queue).dead));
        assert_eq!(answer, dead);
        if dead && queue == Queue::Convert {
            self.expected.get_mut(&id).unwrap().kept = false;
        }
    }

    pub fn convert_again(&mut self, number: usize) {
        let Some((id, owner)) = self.ids.iter().rev().nth(number).cloned() else {
            return;
        };
        let options = Options::default();
        let answer = self.jobs.convert_again(id, &owner, &options, 1000, "");
        let answer = answer.unwrap();
        let Some(job) = self.expected.get_mut(&id) else {
            return assert_eq!(answer, Again::NoSuchJob);
        };
        if !job.has_ended() {
            return assert_eq!(answer, Again::Unfinished);
        }
        if !job.kept {
            return assert_eq!(answer, Again::VideoGone);
        }
        assert_eq!(answer, Again::Queued);
        (job.state, job.kept_before) = (State::Queued, true);
        let work = &mut job.convert;
        (work.dead, work.attempts_before, work.due) = (false, work.attempt, true);
        self.count("conversions_again");
    }
}
