//! Real files against ffmpeg's own decode of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod bare;
mod damage;
mod decoding;
mod dolby;
mod formats;
mod he_aac;
mod hostile;
mod layouts;
mod loud;
mod lpcm;
mod lpcm_gaps;
mod make;
mod opened_once;
mod pcm;
mod private;
mod remuxing;
mod selecting;
mod sentences;
mod streams;
mod tagging;
mod timing;
mod tracks;
