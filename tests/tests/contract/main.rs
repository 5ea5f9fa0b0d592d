//! The contract of `tonearm:audio/encoder`, held against every built plugin: the same
//! tests for each, run in WebAssembly, cut off from every capability as the host does.
//! Where the stream is one that is known here, another decoder listens.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod blocks;
mod describe;
mod endings;
mod joining;
mod sessions;
mod settings;
mod sound;
mod support;

/// The same tests for each plugin file.
macro_rules! hold {
    ($($plugin:ident)*) => {$(
        mod $plugin {
            use tonearm_e2e::paths::wasm;
            use tonearm_e2e::plugin::Plugin;

            hold!(@ $plugin
                describe::it_says_what_it_is_and_takes
                describe::it_needs_no_capability
                settings::every_valid_setting_opens
                settings::a_wrong_setting_is_named_with_what_is_valid
                blocks::how_the_sound_is_cut_does_not_matter
                blocks::a_bad_block_changes_nothing
                blocks::what_is_too_loud_is_clipped
                blocks::garbage_does_no_harm
                endings::the_header_fits_over_what_came_first
                endings::an_empty_stream_has_an_ending_too
                endings::a_finished_session_takes_no_more
                sessions::sessions_side_by_side_do_not_disturb_each_other
                sessions::memory_does_not_grow_with_the_length
                sessions::what_is_dropped_is_freed
                sound::every_format_comes_back_in_tune_in_place_and_complete
                sound::the_stream_tells_its_length_and_gaps
                joining::segments_join_to_what_was_never_cut
            );
        }
    )*};
    (@ $plugin:ident $($module:ident :: $test:ident)*) => {$(
        #[test]
        fn $test() {
            crate::$module::$test(&mut Plugin::load(&wasm(stringify!($plugin))));
        }
    )*};
}

hold!(mp3_lame mp3_rust adpcm_c);

/// What replaces functions of LAME's gives the very bytes that LAME gives.
mod lame_as_it_is;
