//! Every key this crate uses in Redis.
//!
//! | key | type | what |
//! |---|---|---|
//! | `tonearm:job:ID` | hash | one job, the fields of [`Job`](crate::Job) |
//! | `tonearm:job:ID:attempts` | list | its last [attempts](crate::Attempt) as JSON, oldest first |
//! | `tonearm:job:ID:segments` | hash | the segments of a conversion that was cut, while it lasts |
//! | `tonearm:job:ID:parts` | list | blobs that the job's MP3 is joined of |
//! | `tonearm:owner:SUB:jobs` | sorted set | ids of a user's jobs, by id and so by age |
//! | `tonearm:owner:SUB:active` | set | ids of a user's jobs that have not ended |
//! | `tonearm:queue:NAME` | stream | one entry per piece of work not yet done; consumer group `workers` |
//! | `tonearm:queue:NAME:leases` | sorted set | entry id → time (ms) from which it may be claimed again |
//! | `tonearm:queue:NAME:dead` | stream | dead letters: what was given up |
//! | `tonearm:queue:NAME:rung` | string | there for a moment after a repeated ring |
//! | `tonearm:sweep` | sorted set | blob name → time (ms) from which it is litter |
//! | `tonearm:metrics` | hash | counters: name → number |
//!
//! NAME is `video`, `mp3` or `segment`; segments have no dead letters and share
//! the bell of the videos. The scripts' prelude spells some of these itself.

use crate::Queue;

/// The consumer group of both queues.
pub(crate) const GROUP: &str = "workers";
/// What every job's key begins with.
pub(crate) const JOB_PREFIX: &str = "tonearm:job:";
/// Blobs that are litter from a time on.
pub(crate) const SWEEP: &str = "tonearm:sweep";

/// Segments that wait for a converter, and when each may be claimed again.
pub(crate) const SEGMENTS: &str = "tonearm:queue:segment";
pub(crate) const SEGMENT_LEASES: &str = "tonearm:queue:segment:leases";
/// Counters.
pub(crate) const METRICS: &str = "tonearm:metrics";

pub(crate) fn job(id: impl std::fmt::Display) -> String {
    format!("{JOB_PREFIX}{id}")
}

pub(crate) fn attempts(id: impl std::fmt::Display) -> String {
    format!("{JOB_PREFIX}{id}:attempts")
}

pub(crate) fn segments(id: impl std::fmt::Display) -> String {
    format!("{JOB_PREFIX}{id}:segments")
}

pub(crate) fn owner_jobs(owner: &str) -> String {
    format!("tonearm:owner:{owner}:jobs")
}

pub(crate) fn owner_active(owner: &str) -> String {
    format!("tonearm:owner:{owner}:active")
}

pub(crate) fn stream(queue: Queue) -> String {
    stream_of(queue.channel())
}

pub(crate) fn leases(queue: Queue) -> String {
    leases_of(queue.channel())
}

pub(crate) fn dead(queue: Queue) -> String {
    dead_of(queue.channel())
}

pub(crate) fn stream_of(name: &str) -> String {
    format!("tonearm:queue:{name}")
}

pub(crate) fn leases_of(name: &str) -> String {
    format!("tonearm:queue:{name}:leases")
}

pub(crate) fn dead_of(name: &str) -> String {
    format!("tonearm:queue:{name}:dead")
}

pub(crate) fn last_notified(queue: Queue) -> String {
    format!("tonearm:queue:{}:rung", queue.channel())
}
