//! Processing of decoded audio before it is encoded.

pub(crate) mod downmix;
pub(crate) mod limiter;
pub(crate) mod loudness;
pub(crate) mod meter;
pub(crate) mod resample;
