//! Letters and emails from a real Redis to an email API in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod emails;
mod letters;
mod world;
