//! The plugin natively: its contract, and whole files against ffmpeg's own decode.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, as tests may"
)]

mod codecs;
mod compare;
mod contract;
mod decoded;
mod lossless;
mod made;
mod real_files;
