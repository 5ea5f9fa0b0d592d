//! Black-box tests: a host process, a guest that tries everything, and what comes of
//! it over HTTP and Redis.
//!
//! `RUNTIME=spin` runs the same tests against the `spin` on PATH; what only this host
//! does is then left out.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end so when something is not as it should be"
)]

mod compile;
mod grants;
mod http;
mod outbound;
mod redis_trigger;
mod start;
mod supervision;
mod support;
