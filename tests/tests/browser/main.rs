//! The website in a real browser: each test plays a scenario of `tests/browser/scenarios/`
//! against an app of its own. `docs/testing.md` says how to run and write one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod director;
mod scenario;

use tonearm_e2e::app::Setup;

use crate::scenario::play;

fn app() -> Setup {
    Setup::new().together()
}

#[test]
fn the_first_load_is_small_quiet_accessible_and_cached() {
    play("first_load", app());
}
