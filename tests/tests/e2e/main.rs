//! Tonearm, end to end. One binary, so that it is linked once; a module per
//! concern.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod grants;
mod worlds;
