//! An MP3 encoder in Rust alone, `rusty_mp3`, behind `tonearm:audio/encoder` (`wit/audio`).
//!
//! | file | what |
//! |---|---|
//! | `encoder.rs` | frames of a stream, one after the other |
//! | `component.rs` | the exports, in WebAssembly only |

#[cfg(target_family = "wasm")]
mod component;
mod encoder;

pub use encoder::Rusty;

/// One stream.
pub type Session = tonearm_encoder_sdk::Session<Rusty>;
