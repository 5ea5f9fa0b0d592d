//! Resumable uploads and a model of them: after any steps of any writers, late ones included,
//! both agree.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tonearm_jobs::{Finished, UploadClaim};
use tonearm_test_tools::require_redis;

use super::*;
use crate::redis::{RedisServer, connect};

const LENGTH: u64 = 100;

/// The steps. Numbers choose among the claims that were ever made.
#[derive(Debug, Clone, Copy)]
enum Step {
    Claim {
        is_behind: bool,
    },
    Checkpoint {
        claim: usize,
        bytes: u64,
        stops: bool,
    },
    Renew {
        claim: usize,
    },
    Release {
        claim: usize,
    },
    Finish {
        claim: usize,
    },
    LeaseExpires,
    Delete,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Step::*;
    let claim = 0..4usize;
    let step = prop_oneof![
        6 => prop::bool::weighted(0.1).prop_map(|is_behind| Claim { is_behind }),
        8 => (claim.clone(), 0..30u64, any::<bool>())
            .prop_map(|(claim, bytes, stops)| Checkpoint { claim, bytes, stops }),
        2 => claim.clone().prop_map(|claim| Renew { claim }),
        2 => claim.clone().prop_map(|claim| Release { claim }),
        1 => claim.prop_map(|claim| Finish { claim }),
        4 => Just(LeaseExpires),
        1 => (0..10u8).prop_map(|n| if n == 0 { Delete } else { LeaseExpires }),
    ];
    prop::collection::vec(step, 1..60)
}

/// Who writes the upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// Nobody: the last one has stopped.
    Nobody,
    /// The last claim, whose lease is running or not.
    Last { has_lease: bool },
}

struct Model<'s> {
    jobs: Jobs<Connection>,
    redis: Connection,
    server: &'s RedisServer,
    id: JobId,
    offset: u64,
    piece: u32,
    writer: Writer,
    claims: Vec<Upload>,
    is_done: bool,
    is_deleted: bool,
}

impl<'s> Model<'s> {
    fn new(server: &'s RedisServer) -> Self {
        let (jobs, redis) = (connect(server), server.connect());
        redis.run("FLUSHALL", &[]).unwrap();
        let id = create(&jobs, LENGTH);
        Self {
            jobs,
            redis,
            server,
            id,
            offset: 0,
            piece: 0,
            writer: Writer::Nobody,
            claims: Vec::new(),
            is_done: false,
            is_deleted: false,
        }
    }

    /// A claim by number, counted from the last, and whether it still holds.
    fn chosen(&self, number: usize) -> Option<(Upload, bool)> {
        let claim = self.claims.iter().rev().nth(number)?.clone();
        let holds = number == 0 && !self.is_done && !self.is_deleted;
        Some((claim, holds))
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Claim { is_behind } => self.claim(is_behind),
            Step::Checkpoint {
                claim,
                bytes,
                stops,
            } => self.checkpoint(claim, bytes, stops),
            Step::Renew { claim } => {
                if let Some((upload, holds)) = self.chosen(claim) {
                    let renewed = self.jobs.renew_upload(upload.fence(), LEASE, DAY);
                    assert_eq!(renewed.unwrap().is_some(), holds);
                    if holds {
                        self.writer = Writer::Last { has_lease: true };
                    }
                }
            }
            Step::Release { claim } => {
                if let Some((upload, holds)) = self.chosen(claim) {
                    let released = self.jobs.release_upload(upload.fence(), DAY);
                    assert_eq!(released.unwrap().is_some(), holds);
                    if holds {
                        self.writer = Writer::Nobody;
                    }
                }
            }
            Step::Finish { claim } => self.finish(claim),
            Step::LeaseExpires => {
                if self.writer == (Writer::Last { has_lease: true }) {
                    expire_lease(&self.redis, self.id);
                    self.writer = Writer::Last { has_lease: false };
                }
            }
            Step::Delete => {
                let deleted = self.jobs.delete_upload(self.id, "u1").unwrap();
                assert_eq!(deleted, !self.is_deleted);
                self.is_deleted = true;
                self.writer = Writer::Nobody;
            }
        }
    }

    fn claim(&mut self, is_behind: bool) {
        let offset = self.offset + u64::from(is_behind);
        let claim = try_claim(&self.jobs, self.id, offset);
        let is_locked = self.writer == (Writer::Last { has_lease: true });
        match claim {
            UploadClaim::Missing => assert!(self.is_deleted),
            _ if self.is_deleted => panic!("deleted: {claim:?}"),
            UploadClaim::Locked => assert!(is_locked),
            _ if is_locked => panic!("locked: {claim:?}"),
            UploadClaim::WrongOffset(offset) => assert!(is_behind && offset == self.offset),
            _ if is_behind => panic!("at another offset: {claim:?}"),
            UploadClaim::Complete(_) => assert!(self.is_done),
            UploadClaim::Claimed(upload) => {
                assert!(!self.is_done);
                if self.writer != Writer::Nobody {
                    self.piece += 1;
                }
                assert_eq!((upload.piece, upload.offset), (self.piece, self.offset));
                self.writer = Writer::Last { has_lease: true };
                self.claims.push(*upload);
            }
            UploadClaim::Final | UploadClaim::TooManyPieces => panic!("{claim:?}"),
        }
    }

    fn checkpoint(&mut self, claim: usize, bytes: u64, stops: bool) {
        let Some((upload, holds)) = self.chosen(claim) else {
            return;
        };
        // A late writer continues where it was; no checkpoint has the last byte.
        let from = if holds { self.offset } else { upload.offset };
        let offset = (from + bytes).min(LENGTH - 1);
        let lease = (!stops).then_some(LEASE);
        let recorded =
            self.jobs
                .checkpoint_upload(upload.fence(), &at(&upload, offset), lease, DAY);
        assert_eq!(recorded.unwrap().is_some(), holds);
        if holds {
            self.offset = offset;
            self.writer = match stops {
                true => Writer::Nobody,
                false => Writer::Last { has_lease: true },
            };
        }
    }

    fn finish(&mut self, claim: usize) {
        let Some((upload, holds)) = self.chosen(claim) else {
            return;
        };
        let (piece, joined) = piece_blobs(self.id, upload.piece);
        let parts = if piece == joined { vec![] } else { vec![piece] };
        let finished = self
            .jobs
            .finish_upload(upload.fence(), &joined, &parts, DAY);
        // Its last writer may repeat it.
        let is_repeated = claim == 0 && self.is_done && !self.is_deleted;
        let expected = if holds || is_repeated {
            Finished::Done
        } else {
            Finished::Lost
        };
        assert_eq!(finished.unwrap(), expected);
        if holds {
            self.is_done = true;
            self.offset = LENGTH;
            self.writer = Writer::Nobody;
        }
    }

    fn check(&self) {
        let upload = self.jobs.upload(self.id, "u1").unwrap();
        assert_eq!(upload.is_none(), self.is_deleted);
        if let Some(upload) = upload {
            assert_eq!((upload.offset, upload.is_done), (self.offset, self.is_done));
            assert_eq!(upload.piece, self.piece);
        }
        let job = self.jobs.get(self.id, "u1").unwrap();
        assert_eq!(job.is_some(), self.is_done && !self.is_deleted);
        let is_held = !self.is_deleted;
        assert_eq!(self.jobs.active("u1").unwrap(), u64::from(is_held));
        let is_unfinished = is_held && !self.is_done;
        assert_eq!(
            self.jobs.uploads("u1").unwrap().len(),
            usize::from(is_unfinished)
        );
        // Unless the job has them, all blobs are garbage some time.
        let staged = self.redis.texts("ZRANGE", &["tonearm:garbage", "0", "-1"]);
        let job_has = job.and_then(|job| job.video_blob);
        for piece in 0..=self.piece {
            let (blob, joined) = piece_blobs(self.id, piece);
            let is_jobs = job_has.as_ref() == Some(&joined);
            assert_eq!(staged.contains(&blob), !is_jobs, "{blob}");
            assert_eq!(staged.contains(&joined), !is_jobs, "{joined}");
        }
        let scripts = self.server.connect().texts("KEYS", &["tonearm:upload:*"]);
        assert_eq!(scripts.len(), usize::from(is_held));
    }
}

#[test]
fn uploads_agree_with_their_model_after_any_steps() {
    let server = RefCell::new(require_redis!());
    let config = Config {
        cases: 64,
        ..Config::with_source_file(file!())
    };
    let result = TestRunner::new(config).run(&steps(), |steps| {
        let server = server.borrow();
        let mut model = Model::new(&server);
        for step in steps {
            model.take(step);
            model.check();
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
