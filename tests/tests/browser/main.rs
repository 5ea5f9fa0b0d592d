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

#[test]
fn a_new_person_converts_a_video_and_finds_it_again() {
    play("new_person", app());
}

#[test]
fn several_files_succeed_and_fail_each_by_itself_and_come_as_one_zip() {
    play("several_files", app());
}

#[test]
fn an_upload_goes_on_after_a_kill_a_reload_and_a_lost_network() {
    play("interrupted", app());
}

#[test]
fn an_upload_goes_on_after_redis_was_away() {
    play("store_away", app().own_redis());
}

#[test]
fn every_panel_and_page_is_accessible_in_both_themes() {
    play("other_pages", app());
}

#[test]
fn an_upload_goes_on_when_its_session_ended_in_the_middle() {
    play("session_end", app());
}

#[test]
fn a_file_beyond_the_limit_is_refused_before_a_byte_is_sent() {
    play("too_large", app().variable("upload_max_bytes", 2_000_000));
}

#[test]
fn each_failure_says_what_is_wrong_and_what_helps() {
    play("failures", app());
}

#[test]
fn the_keyboard_alone_suffices() {
    play("keyboard", app());
}

#[test]
fn german_long_names_and_narrow_windows_fit() {
    play("languages", app());
}

#[test]
fn without_scripts_forms_upload_and_show_the_jobs() {
    play("without_scripts", app());
}

/// The modules of the page that need no browser.
#[test]
fn the_unit_tests_of_the_page_pass() {
    scenario::run_unit_tests();
}
