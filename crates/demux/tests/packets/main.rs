//! The packets of a demuxer, compared with those of FFmpeg's demuxer. A decoder plugin
//! expects that shape.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers fail by panicking, as tests do"
)]

mod compare;
mod containers;
mod lossless;
mod wav;
