//! Resumable uploads.

mod batches;
mod concatenating;
mod ending;
mod model;
mod writing;

use std::time::Duration;

use tonearm_jobs::{
    CreatedUpload, JobId, Jobs, NewUpload, Redis, Upload, UploadCheckpoint, UploadClaim,
    piece_blobs,
};
use tonearm_options::Options;

use crate::redis::{Connection, LEASE, uploader};

pub const DAY: Duration = Duration::from_secs(86_400);
pub const MANY: u64 = 100;

pub fn new_upload(length: u64) -> NewUpload {
    NewUpload {
        id: JobId::generate(),
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        options: Options::default(),
        metadata: "filename dGFsay5tcDQ=".to_owned(),
        batch: None,
        length,
        is_partial: false,
    }
}

/// Creates an upload of the usual user.
pub fn create(jobs: &Jobs<Connection>, length: u64) -> JobId {
    created(jobs, new_upload(length))
}

pub fn create_partial(jobs: &Jobs<Connection>, length: u64) -> JobId {
    let mut upload = new_upload(length);
    upload.is_partial = true;
    created(jobs, upload)
}

fn created(jobs: &Jobs<Connection>, upload: NewUpload) -> JobId {
    let created = jobs.create_upload(&uploader(), &upload, MANY, DAY).unwrap();
    assert!(matches!(created, CreatedUpload::Until(_)), "{created:?}");
    upload.id
}

pub fn try_claim(jobs: &Jobs<Connection>, id: JobId, offset: u64) -> UploadClaim {
    jobs.claim_upload(id, "u1", offset, LEASE, DAY).unwrap()
}

#[track_caller]
pub fn claim(jobs: &Jobs<Connection>, id: JobId, offset: u64) -> Upload {
    match try_claim(jobs, id, offset) {
        UploadClaim::Claimed(upload) => *upload,
        other => panic!("not claimed: {other:?}"),
    }
}

/// A checkpoint of `upload` at this offset. What is stored of the piece is its number and
/// the offset.
pub fn at(upload: &Upload, offset: u64) -> UploadCheckpoint {
    UploadCheckpoint {
        offset,
        piece: upload.piece,
        stored: format!("{}@{offset}", upload.piece),
        writer: format!("writer@{offset}"),
    }
}

/// Stores up to `offset` and goes on.
#[track_caller]
pub fn checkpoint(jobs: &Jobs<Connection>, upload: &Upload, offset: u64) {
    let checkpoint = at(upload, offset);
    let until = jobs.checkpoint_upload(upload.fence(), &checkpoint, Some(LEASE), DAY);
    assert!(until.unwrap().is_some());
}

/// Stores up to `offset` and stops.
#[track_caller]
pub fn stop_at(jobs: &Jobs<Connection>, upload: &Upload, offset: u64) {
    let until = jobs.checkpoint_upload(upload.fence(), &at(upload, offset), None, DAY);
    assert!(until.unwrap().is_some());
}

/// Lets the lease of the writer expire.
pub fn expire_lease(redis: &Connection, id: JobId) {
    let key = format!("tonearm:upload:{id}");
    redis.run("HSET", &[&key, "lease_ms", "1"]).unwrap();
}

pub fn get(jobs: &Jobs<Connection>, id: JobId) -> Upload {
    jobs.upload(id, "u1").unwrap().expect("an upload")
}

/// The names of the blobs of all pieces but the first, for `finish_upload`.
pub fn blob(id: JobId, piece: u32) -> String {
    piece_blobs(id, piece).0
}
