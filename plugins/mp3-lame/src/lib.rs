//! The MP3 encoder plugin: LAME as the exports of `tonearm:audio/encoder` (`wit/audio`).
//!
//! PCM goes in, MP3 frames come out, and the component imports nothing of Tonearm. The C
//! code and its licence stay inside this one replaceable component.
//!
//! | file | what |
//! |---|---|
//! | `encoder.rs` | LAME as an `Mp3Encoder` |
//! | `lame.rs` | a safe interface to LAME |
//! | `ffi.rs` | the declarations of LAME's functions |
//! | `component.rs` | the exports, in WebAssembly only |
//! | `../build.rs`, `../patches.rs`, `../simd/` | compile LAME, with faster versions of its hot loops |

#[cfg(target_family = "wasm")]
mod component;
mod encoder;
mod ffi;
mod lame;

pub use lame::{Lame, LameError};

/// One stream.
pub type Session = tonearm_encoder_sdk::Session<Lame>;

/// The plugin, for native callers.
pub type Plugin = tonearm_encoder_sdk::Plugin<Lame>;
