//! The decoder plugin: FFmpeg's libavcodec as the exports of `tonearm:decoding/decoder`
//! (`wit/decoding`).
//!
//! Packets go in, PCM comes out, and the component imports nothing of Tonearm. The C code
//! and its licence stay inside this one replaceable component. Where set-up could not build
//! libavcodec, the component decodes nothing.
//!
//! | file | what |
//! |---|---|
//! | `decoder.rs` | libavcodec as a `PacketDecoder` |
//! | `codecs.rs` | the decoder of each codec |
//! | `libavcodec.rs` | a safe interface to libavcodec |
//! | `ffi.rs`, `../c/` | the functions in C that it calls, and their declarations |
//! | `component.rs` | the exports, in WebAssembly only |
//! | `../build.rs` | links the libraries that `scripts/setup/ffmpeg.sh` has built |

#[cfg(libavcodec)]
mod codecs;
#[cfg(target_family = "wasm")]
mod component;
#[cfg(libavcodec)]
mod decoder;
#[cfg(libavcodec)]
mod ffi;
#[cfg(libavcodec)]
mod libavcodec;

/// The decoder of the plugin.
#[cfg(libavcodec)]
pub type Decoder = libavcodec::Libavcodec;

/// The decoder of the plugin.
#[cfg(not(libavcodec))]
pub type Decoder = decoder_none::Nothing;

/// Whether the plugin contains libavcodec.
pub const HAS_LIBAVCODEC: bool = cfg!(libavcodec);

/// The plugin, for native callers.
pub type Plugin = tonearm_decoder_sdk::Plugin<Decoder>;
