//! The worker's promises: on fakes where the outcome is a decision, and on a real Redis
//! where it depends on the queue.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod fakes;
mod giving_up;
mod leases;
mod output_blobs;
mod queues;
mod redis_outage;
