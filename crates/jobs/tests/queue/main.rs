//! The queue's promises, on a real Redis.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod accepting;
mod claiming;
mod dead_letters;
mod deleting;
mod ending;
mod history;
mod keeping;
mod metrics;
mod model;
mod reading;
mod redis;
mod ringing;
mod segments;
mod sweeping;
