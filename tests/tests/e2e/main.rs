//! Tonearm, end to end: one binary, so that it is linked once, and a module per
//! concern. `docs/testing.md` says how to run it.
//!
//! Starting the app takes longer than most checks, so a test checks everything that one
//! configuration of the app allows. Refusals and parameters are tested natively in
//! `crates/api`; here is one request per route, and every promise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod account_life;
mod accounts;
mod admin;
mod again;
mod curl_compat;
mod download;
mod encoders;
mod failures;
mod formats;
mod grants;
mod happy_path;
mod harness_self_test;
mod jobs;
mod large;
mod messages;
mod options;
mod outage;
mod promises;
mod replies;
mod restart;
mod resumable;
mod retention;
mod rolling;
mod routes;
mod segments;
mod separate_processes;
mod tracks;
mod upload;
mod video_split;
mod website;
mod worlds;

/// Always reports which runtime the other tests use, or that they were skipped.
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
