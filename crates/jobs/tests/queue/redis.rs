//! Jobs and claims that the tests share.

use std::time::Duration;

use tonearm_jobs::{Accepted, Claim, Damage, JobId, Jobs, Mp3, NewJob, Queue, Uploader};
use tonearm_options::Options;
pub use tonearm_test_tools::redis_server::{Connection, RedisServer};

pub const LEASE: Duration = Duration::from_secs(60);
/// A lease that has expired by the time of the next command.
pub const NO_LEASE: Duration = Duration::ZERO;

/// A small MP3 of a second and a half.
pub fn mp3(blob: impl Into<String>) -> Mp3 {
    Mp3 {
        blob: blob.into(),
        bytes: 9,
        duration: Duration::from_millis(1500),
        damage: Damage::default(),
        tracks: Vec::new(),
        track_warnings: Vec::new(),
    }
}

/// The queue on a connection of its own.
pub fn connect(server: &RedisServer) -> Jobs<Connection> {
    Jobs::new(server.connect())
}

pub fn uploader() -> Uploader {
    Uploader {
        owner: "u1".to_owned(),
        username: "ada@example.org".to_owned(),
        notify: true,
        is_confirmed: true,
        traceparent: String::new(),
    }
}

pub fn file() -> NewJob {
    let id = JobId::generate();
    NewJob {
        id,
        name: "talk.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        bytes: 1000,
        blob: format!("video/{id}"),
        options: Options::default(),
    }
}

/// Stages and accepts `count` files of the usual user.
pub fn accept(jobs: &Jobs<Connection>, count: usize) -> Vec<NewJob> {
    let files: Vec<_> = (0..count).map(|_| file()).collect();
    for file in &files {
        jobs.stage(&[&file.blob], LEASE).unwrap();
    }
    assert_eq!(
        jobs.accept(&uploader(), &files, 100).unwrap(),
        Accepted::All
    );
    files
}

pub fn claim(jobs: &Jobs<Connection>, queue: Queue, lease: Duration) -> Claim {
    jobs.claim(queue, "worker", lease)
        .unwrap()
        .expect("an entry is due")
}
