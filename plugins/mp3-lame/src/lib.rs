//! The MP3 encoder: LAME behind `tonearm:audio/encoder` (`wit/audio`).
//!
//! A leaf: PCM in, MP3 frames out, and no way to reach anything else. The C
//! code and its licence stay inside this one replaceable component.
//!
//! | file | what |
//! |---|---|
//! | `encoder.rs` | LAME as what a plugin is made of |
//! | `lame.rs` | all that is unsafe: calls of LAME |
//! | `ffi.rs` | the part of LAME's interface that is called |
//! | `component.rs` | the exports, in WebAssembly only |
//! | `../build.rs`, `../simd/` | how LAME is compiled, and made faster |

#[cfg(target_family = "wasm")]
mod component;
mod encoder;
mod ffi;
mod lame;

pub use lame::{Lame, LameError};

/// One stream.
pub type Session = tonearm_encoder_sdk::Session<Lame>;
