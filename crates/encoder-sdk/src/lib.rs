//! Implements the contract of `tonearm:audio/encoder` (`wit/audio/encoder.wit`) around an
//! MP3 encoder, so that a plugin contains nothing but the encoder.
//!
//! | file | what |
//! |---|---|
//! | `mp3.rs` | the settings that MP3 has, and the error for any other |
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
mod mp3;
mod plugin;
mod session;

pub use mp3::{
    CHANNELS, EFFORTS, MAX_BLOCK, QUALITIES, SAMPLE_RATES, SettingsError, bitrates, check_settings,
};
pub use plugin::Plugin;
pub use session::Session;
pub use tonearm_encoder_api::{
    Description, Encoder, EncoderError, EncoderSession, Ending, PcmFormat, RateControl, Settings,
};

/// An MP3 encoder. Each value encodes one stream. [`Session`] validates settings and
/// blocks and the order of calls, so an implementation need not.
pub trait Mp3Encoder: Sized {
    /// Why the encoder itself failed.
    type Error: std::error::Error;

    /// [`Description::lead_in`]. With `None`, `independent_frames` is refused.
    const LEAD_IN: Option<u32>;

    /// [`Description::name`].
    fn name() -> String;

    /// Starts a stream. The settings passed [`check_settings`].
    ///
    /// # Errors
    /// The encoder's own.
    fn open(settings: &Settings) -> Result<Self, Self::Error>;

    /// Encodes at most [`MAX_BLOCK`] samples per channel: interleaved, the same number for
    /// each channel, finite, and within -1.0 and 1.0. Returns the frames completed so far.
    ///
    /// # Errors
    /// The encoder's own.
    fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, Self::Error>;

    /// Ends a stream of `samples` samples per channel. Called at most once.
    ///
    /// # Errors
    /// The encoder's own.
    fn finish(&mut self, samples: u64) -> Result<Ending, Self::Error>;
}
