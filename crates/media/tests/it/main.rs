//! Real files, compared with ffmpeg's decode of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers fail by panicking, as tests do"
)]

mod ac3;
mod channel_layouts;
mod chapters;
mod container_times;
mod damage;
mod decoding;
mod dv;
mod error_messages;
mod fixtures;
mod formats;
mod he_aac;
mod hostile;
mod loudness;
mod lpcm;
mod lpcm_gaps;
mod mp4;
mod mp4_codecs;
mod mp4_writer;
mod mpeg_audio;
mod mpeg_times;
mod ogg_flac;
mod opened_once;
mod packets;
mod pcm;
mod private_streams;
mod raw_mp3;
mod real_media;
mod remuxing;
mod resync;
mod selection;
mod stream_damage;
mod streams;
mod tagging;
mod texts;
mod timing;
mod track_findings;
mod tracks;
