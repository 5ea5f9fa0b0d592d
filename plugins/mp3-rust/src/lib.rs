//! An MP3 encoder plugin without C code: `rusty_mp3` as the exports of
//! `tonearm:audio/encoder` (`wit/audio`).
//!
//! | file | what |
//! |---|---|
//! | `encoder.rs` | `rusty_mp3` as an `Mp3Encoder` |
//! | `component.rs` | the exports, in WebAssembly only |

#[cfg(target_family = "wasm")]
mod component;
mod encoder;

pub use encoder::Rusty;

/// One stream.
pub type Session = tonearm_encoder_sdk::Session<Rusty>;
