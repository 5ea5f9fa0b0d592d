//! RIFF (Microsoft): WAV and its relatives, and AVI.

pub(crate) mod avi;
pub(crate) mod chunks;
pub(crate) mod coded_pcm;
pub(crate) mod framing;
pub(crate) mod info;
pub(crate) mod wav;
pub(crate) mod wave_format;
pub(crate) mod wave_tags;
