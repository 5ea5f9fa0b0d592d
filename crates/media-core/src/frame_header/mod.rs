//! Frame headers that more than one crate reads.

pub mod ac3;
pub mod adts;
pub mod dts;
pub mod flac;
pub mod mlp;
