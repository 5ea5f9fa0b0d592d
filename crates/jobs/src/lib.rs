//! A durable job queue in Redis with pub/sub notifications.
//!
//! Spin's Redis trigger delivers a message at most once, so a message only notifies
//! workers. The state is in Redis: hashes per job and a stream per queue. Every step
//! from one state to the next is one Lua script, so it is atomic. `docs/jobs.md` has
//! the diagrams.
//!
//! - [`accept`](Jobs::accept) records jobs, queues them and notifies the workers.
//! - [`claim`](Jobs::claim) assigns one due entry to a worker under a lease, which the
//!   worker [renews](Jobs::renew). After the lease expires, the entry is claimed again
//!   with the next attempt number. The number fences off the late worker, whose next
//!   step returns [`Fence::Lost`].
//! - [`converted`](Jobs::converted), [`failed`](Jobs::failed),
//!   [`retry_later`](Jobs::retry_later) and [`mailed`](Jobs::mailed) end a claim.
//! - [`split`](Jobs::split) replaces a conversion by segments with a stream of their
//!   own: [`claim_segment`](Jobs::claim_segment), [`segment_done`](Jobs::segment_done),
//!   [`joined`](Jobs::joined).
//! - [`post_letter`](Jobs::post_letter) queues a letter, an email about an account:
//!   [`claim_letter`](Jobs::claim_letter), [`letter_ended`](Jobs::letter_ended).
//! - [`claim_mail`](Jobs::claim_mail) assigns the email about an upload, whose jobs have
//!   all ended.
//! - [`convert_again`](Jobs::convert_again) queues an ended conversion with other options.
//! - [`requeue`](Jobs::requeue) queues a [dead letter](Jobs::dead_letters) again.
//! - [`notify_if_due`](Jobs::notify_if_due) repeats a lost notification; health checks
//!   call it.
//! - [`stage`](Jobs::stage) and [`expired_blobs`](Jobs::expired_blobs) track blobs that
//!   must not outlive their purpose.
//! - [`create_upload`](Jobs::create_upload) begins a resumable upload, which becomes a job
//!   once all of it is stored: [`claim_upload`](Jobs::claim_upload),
//!   [`checkpoint_upload`](Jobs::checkpoint_upload), [`finish_upload`](Jobs::finish_upload),
//!   [`concatenate`](Jobs::concatenate).
//! - [`changes`](Jobs::changes) lists what has changed of a user's jobs.
//! - [`attempts`](Jobs::attempts) and [`metrics`](Jobs::metrics) report what happened.

mod accept;
mod again;
mod attempt;
mod audio_track;
mod backoff;
mod changes;
mod claim;
mod dead;
mod delete;
mod error;
mod expired_blobs;
mod finish;
mod id;
mod job;
mod keys;
mod letter;
mod list;
mod mail;
mod metrics;
mod mp3;
mod notify;
mod queue;
mod resumable;
mod script;
mod segment;
mod timestamp;

pub use accept::{Accepted, NewJob, Uploader};
pub use again::Again;
pub use attempt::{Attempt, Kind, Outcome};
pub use audio_track::AudioTrack;
pub use backoff::retry_delay;
pub use changes::Changes;
pub use claim::{Claim, Fence};
pub use dead::{DeadLetter, Requeued};
pub use error::JobsError;
pub use finish::Retention;
pub use id::{JobId, LetterId};
pub use job::{Failure, Job, MailState, State};
pub use letter::{LetterClaim, LetterEnd};
pub use mail::MailClaim;
pub use metrics::{Metrics, QueueGauges};
pub use mp3::{Damage, Mp3};
pub use notify::DUE;
pub use queue::Queue;
pub use resumable::{
    Concatenated, Concatenation, CreatedUpload, Finished, NewUpload, Upload, UploadCheckpoint,
    UploadClaim, UploadFence, UploadKind, piece_blobs,
};
pub use segment::{SegmentClaim, SegmentFence};
pub use timestamp::rfc3339;
pub use tonearm_redis_client::{Redis, RedisError, Value};

use std::time::Duration;

/// The queue and the jobs behind one Redis connection.
#[derive(Debug)]
pub struct Jobs<R: Redis> {
    redis: R,
}

impl<R: Redis> Jobs<R> {
    /// A queue on this connection.
    pub fn new(redis: R) -> Self {
        Self { redis }
    }

    /// Checks that Redis replies.
    pub fn ping(&self) -> Result<(), JobsError> {
        self.redis.run("PING", &[])?;
        Ok(())
    }
}

/// A truth value, as the scripts expect it.
pub(crate) fn flag(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

/// Milliseconds in decimal, as the scripts expect them.
pub(crate) fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}
