//! Tonearm, end to end. One binary, so that it is linked once; a module per
//! concern. `docs/testing.md` tells how to run it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod admin;
mod download;
mod encoders;
mod events;
mod failures;
mod formats;
mod grants;
mod instruments;
mod jobs;
mod keeping;
mod large;
mod login;
mod messages;
mod metrics;
mod options;
mod outage;
mod pictures;
mod promises;
mod register;
mod restart;
mod rolling;
mod routes;
mod seeds;
mod segments;
mod split;
mod story;
mod table;
mod too_large;
mod upload;
mod worlds;

/// Always shown: what the other tests were run against, or that they were not.
#[test]
fn runtime_in_use() {
    match tonearm_e2e::runtime::Runtime::find() {
        Ok(runtime) => println!(
            "The app is served by {runtime:?}, {:?}",
            tonearm_e2e::layout::Layout::asked_for()
        ),
        Err(reason) => println!("EVERY TEST OF THE APP WAS SKIPPED: {reason}"),
    }
}
