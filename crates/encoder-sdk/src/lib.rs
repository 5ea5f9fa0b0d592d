//! Implements the contract of `tonearm:audio/encoder` (`wit/audio/encoder.wit`) around an
//! MP3 encoder, so that a plugin contains nothing but the encoder.
//!
//! | file | what |
//! |---|---|
//! | `mp3.rs` | the settings that MP3 has, and the error for any other |
//! | `mp3_encoder.rs` | the trait that a plugin implements |
//! | `info_frame.rs` | the header frame, where the encoder writes none |
//! | `session.rs` | the rules of a session: blocks, order of calls, clipping |
//! | `plugin.rs` | an [`Mp3Encoder`] as an [`Encoder`] |
//! | `exports.rs` | an [`Encoder`] as the exports of a component; WebAssembly only |
//!
//! A plugin implements [`Mp3Encoder`] and exports it:
//!
//! ```ignore
//! type Plugin = tonearm_encoder_sdk::exports::Exports<MyEncoder>;
//! tonearm_encoder_sdk::exports::bindings::export_encoder!(Plugin);
//! ```

#[cfg(target_family = "wasm")]
pub mod exports;
mod info_frame;
mod mp3;
mod mp3_encoder;
mod plugin;
mod session;

pub use mp3::{
    CHANNELS, EFFORTS, MAX_BLOCK, QUALITIES, SAMPLE_RATES, SettingsError, bitrates, check_settings,
};
pub use mp3_encoder::Mp3Encoder;
pub use plugin::Plugin;
pub use session::Session;
pub use tonearm_encoder_api::{
    Description, Encoder, EncoderError, EncoderSession, Ending, PcmFormat, RateControl, Settings,
};
