//! The conformance suite: black-box checks of a runtime for Spin apps. Each check starts
//! the runtime with a guest that uses every interface, and observes it over HTTP and Redis.
//!
//! The runtime is the project's host, or the Spin CLI that the variable `SPIN` names.
//! `docs/conformance.md` lists the checks with their results.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing test panics"
)]

#[macro_use]
mod support;

mod compile;
mod grants;
mod http;
mod outbound;
mod page;
mod redis_trigger;
mod start;
mod supervision;
