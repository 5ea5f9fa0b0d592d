//! The queue's promises, on a real Redis.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod accepting;
mod again;
mod changes;
mod claiming;
mod dead_letters;
mod deleted_accounts;
mod deleting;
mod ending;
mod expiring;
mod history;
mod letters;
mod metrics;
mod model;
mod notifying;
mod reading;
mod recipients;
mod redis;
mod resumable;
mod retention;
mod rolling;
mod segments;
mod uploads;
