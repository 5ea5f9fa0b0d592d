//! Streams without a container, and PCM data.

pub(crate) mod ac3;
pub(crate) mod adts;
pub(crate) mod blocks;
pub(crate) mod dts;
pub(crate) mod frames;
pub(crate) mod loas;
pub(crate) mod mpeg_audio;
pub(crate) mod pcm;
pub(crate) mod truehd;
