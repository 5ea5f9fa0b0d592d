//! Every key this crate uses in Redis.
//!
//! | key | type | what |
//! |---|---|---|
//! | `tonearm:job:ID` | hash | one job, the fields of [`Job`](crate::Job) |
//! | `tonearm:job:ID:attempts` | list | its last [attempts](crate::Attempt) as JSON, oldest first |
//! | `tonearm:owner:SUB:jobs` | sorted set | ids of a user's jobs, by id and so by age |
//! | `tonearm:owner:SUB:active` | set | ids of a user's jobs that have not ended |
//! | `tonearm:queue:NAME` | stream | one entry per piece of work not yet done; consumer group `workers` |
//! | `tonearm:queue:NAME:leases` | sorted set | entry id → time (ms) from which it may be claimed again |
//! | `tonearm:queue:NAME:dead` | stream | dead letters: what was given up |
//! | `tonearm:queue:NAME:rung` | string | there for a moment after a repeated ring |
//! | `tonearm:sweep` | sorted set | blob name → time (ms) from which it is litter |
//! | `tonearm:metrics` | hash | counters: name → number |
//!
//! The scripts' prelude spells the ends of two of them itself: `:attempts` and
//! `tonearm:metrics`.

use crate::Queue;

/// The consumer group of both queues.
pub(crate) const GROUP: &str = "workers";
/// What every job's key begins with.
pub(crate) const JOB_PREFIX: &str = "tonearm:job:";
/// Blobs that are litter from a time on.
pub(crate) const SWEEP: &str = "tonearm:sweep";

/// Counters.
pub(crate) const METRICS: &str = "tonearm:metrics";

pub(crate) fn job(id: impl std::fmt::Display) -> String {
    format!("{JOB_PREFIX}{id}")
}

pub(crate) fn attempts(id: impl std::fmt::Display) -> String {
    format!("{JOB_PREFIX}{id}:attempts")
}

pub(crate) fn owner_jobs(owner: &str) -> String {
    format!("tonearm:owner:{owner}:jobs")
}

pub(crate) fn owner_active(owner: &str) -> String {
    format!("tonearm:owner:{owner}:active")
}

pub(crate) fn stream(queue: Queue) -> String {
    format!("tonearm:queue:{}", queue.channel())
}

pub(crate) fn leases(queue: Queue) -> String {
    format!("tonearm:queue:{}:leases", queue.channel())
}

pub(crate) fn dead(queue: Queue) -> String {
    format!("tonearm:queue:{}:dead", queue.channel())
}

pub(crate) fn rung(queue: Queue) -> String {
    format!("tonearm:queue:{}:rung", queue.channel())
}
