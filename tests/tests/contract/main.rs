//! The contracts of plugins, tested with every built plugin. Each runs in WebAssembly
//! without any capability, as in production. An independent decoder checks the streams of
//! encoders, and ffmpeg those of decoders.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, as tests may"
)]

mod blocks;
mod decoders;
mod decoding;
mod describe;
mod endings;
mod joining;
mod sessions;
mod settings;
mod support;

/// Runs the same tests on each plugin.
macro_rules! test_plugins {
    ($($plugin:ident)*) => {$(
        mod $plugin {
            use tonearm_e2e::paths::wasm;
            use tonearm_e2e::plugin::Plugin;

            test_plugins!(@ $plugin
                describe::the_description_is_complete_and_constant
                describe::the_plugin_imports_nothing_but_wasi
                settings::every_valid_setting_opens
                settings::an_invalid_setting_is_named_with_the_valid_values
                blocks::block_sizes_do_not_change_the_stream
                blocks::an_invalid_block_changes_nothing
                blocks::samples_beyond_full_scale_are_clipped
                blocks::arbitrary_samples_are_refused_or_encoded
                endings::the_header_fits_over_the_first_bytes
                endings::an_empty_stream_has_an_ending
                endings::a_finished_session_refuses_calls
                sessions::parallel_sessions_are_independent
                sessions::memory_does_not_grow_with_the_length
                sessions::a_dropped_session_frees_its_memory
                decoding::every_format_decodes_to_the_source
                decoding::the_stream_contains_its_length_and_gaps
                joining::joined_segments_equal_the_whole
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

test_plugins!(mp3_lame mp3_rust adpcm_c);

mod unpatched_lame;
