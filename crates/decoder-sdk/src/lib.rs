//! Implements the contract of `tonearm:decoding/decoder` (`wit/decoding/decoder.wit`) around a
//! decoder, so that a plugin contains nothing but the decoder.
//!
//! | file | what |
//! |---|---|
//! | `packet_decoder.rs` | the trait that a plugin implements |
//! | `session.rs` | the rules of a session: limits, finite samples, the end of a stream |
//! | `plugin.rs` | a [`PacketDecoder`] as a [`Decoder`] |
//! | `exports.rs` | a [`Decoder`] as the exports of a component; WebAssembly only |
//!
//! A plugin implements [`PacketDecoder`] and exports it:
//!
//! ```ignore
//! type Plugin = tonearm_decoder_sdk::exports::Exports<MyDecoder>;
//! tonearm_decoder_sdk::exports::bindings::export_decoder!(Plugin);
//! ```

#[cfg(target_family = "wasm")]
pub mod exports;
mod packet_decoder;
mod plugin;
mod session;

pub use packet_decoder::PacketDecoder;
pub use plugin::Plugin;
pub use session::{MAX_PACKET_BYTES, MAX_PACKET_SAMPLES, MAX_PACKETS, Session};
pub use tonearm_decoder_api::{Decoder, DecoderError, DecoderSession, Description, Pcm, Settings};
