//! A durable job queue in Redis, with pub/sub as its doorbell.
//!
//! Spin's Redis trigger delivers a message at most once, so a message only
//! wakes a worker up. The truth is a hash per job and a stream per queue;
//! every step from one state to the next is one Lua script, so it happens as a
//! whole or not at all. `docs/jobs.md` draws the states.
//!
//! - [`accept`](Jobs::accept) records jobs, queues them and rings the bell.
//! - [`claim`](Jobs::claim) hands one due entry to a worker, under a lease that
//!   the worker [renews](Jobs::renew). An entry whose lease ran out is handed
//!   out again, with the next attempt number; the number fences the late
//!   worker off, whose next step finds [`Fence::Lost`].
//! - [`converted`](Jobs::converted), [`failed`](Jobs::failed),
//!   [`retry_later`](Jobs::retry_later) and [`mailed`](Jobs::mailed) end a
//!   claim.
//! - [`split`](Jobs::split) cuts a conversion into segments, which have a stream
//!   of their own: [`claim_segment`](Jobs::claim_segment),
//!   [`segment_done`](Jobs::segment_done), [`joined`](Jobs::joined).
//! - [`requeue`](Jobs::requeue) queues again what was [given
//!   up](Jobs::dead_letters).
//! - [`notify_if_due`](Jobs::notify_if_due) rings again when work is due and
//!   nobody came, which is what health checks call.
//! - [`stage`](Jobs::stage) and [`expired_blobs`](Jobs::expired_blobs) keep track of
//!   blobs that must not outlive their purpose.
//! - [`attempts`](Jobs::attempts) and [`metrics`](Jobs::metrics) tell what
//!   happened.

mod accept;
mod attempt;
mod backoff;
mod claim;
mod dead;
mod delete;
mod error;
mod garbage;
mod id;
mod job;
mod keys;
mod list;
mod message;
mod metrics;
mod mp3;
mod notify;
mod queue;
mod script;
mod segment;
mod settle;
mod timestamp;

pub use accept::{Accepted, NewJob, Uploader};
pub use attempt::{Attempt, Kind, Outcome};
pub use backoff::retry_delay;
pub use claim::{Claim, Fence};
pub use dead::{DeadLetter, Requeued};
pub use error::JobsError;
pub use id::JobId;
pub use job::{Failure, Job, MailState, State};
pub use message::Message;
pub use metrics::{Metrics, QueueGauges};
pub use mp3::{Damage, Mp3};
pub use queue::Queue;
pub use segment::{SegmentClaim, SegmentFence};
pub use settle::Retention;
pub use timestamp::rfc3339;
pub use tonearm_redis_client::{Redis, RedisError, Value};

use std::time::Duration;

/// The queue and the jobs behind one Redis connection.
#[derive(Debug)]
pub struct Jobs<R: Redis> {
    redis: R,
}

impl<R: Redis> Jobs<R> {
    /// Uses `redis` for everything.
    pub fn new(redis: R) -> Self {
        Self { redis }
    }

    /// Whether Redis answers.
    pub fn ping(&self) -> Result<(), JobsError> {
        self.redis.run("PING", &[])?;
        Ok(())
    }
}

/// Milliseconds as the scripts take them.
pub(crate) fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}
