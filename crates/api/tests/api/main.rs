//! The API, tested natively: requests in, responses out. The queue, the file store,
//! auth and the clock are in memory, so each test takes milliseconds.
//!
//! - `world`: the surroundings of the API in memory
//! - `request`: building requests and reading responses
//! - `refusals`: the table of refusals; a new refusal needs a row
//! - everything else: one file per concern

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod account;
mod all_events;
mod archives;
mod authentication;
mod change_job;
mod cross_site;
mod dead_letters;
mod downloads;
mod events;
mod health;
mod jobs;
mod limits;
mod metrics;
mod options;
mod overview;
mod pages;
mod queue;
mod refusals;
mod renewals;
mod request;
mod revocation;
mod routes;
mod sessions;
mod tus;
mod upload_queue;
mod uploads;
mod world;
