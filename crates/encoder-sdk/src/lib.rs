//! What encoder plugins in Rust have in common: the rules of `tonearm:audio/encoder`
//! (`wit/audio`), so that a plugin is left with encoding.
//!
//! | file | what |
//! |---|---|
//! | `mp3.rs` | which settings MP3 has, and what is wrong with others |
//! | `session.rs` | the contract: blocks, endings, errors |
//! | `exports.rs` | the exports, in WebAssembly only |
//!
//! A plugin implements [`Encoder`] and, in WebAssembly, exports it:
//!
//! ```ignore
//! type Plugin = tonearm_encoder_sdk::exports::Exports<MyEncoder>;
//! tonearm_encoder_sdk::export!(Plugin);
//! ```

#[cfg(target_family = "wasm")]
pub mod exports;
mod mp3;
mod session;

pub use mp3::{
    CHANNELS, EFFORTS, MAX_BLOCK, QUALITIES, RateControl, SAMPLE_RATES, Settings, SettingsError,
    bitrates,
};
pub use session::{BlockError, Ending, OpenError, Session};

/// An MP3 encoder behind the contract. [`Session`] sees to it that settings, blocks and
/// the order of calls are right.
pub trait Encoder: Sized {
    /// Why the encoder itself failed.
    type Error: std::error::Error;

    /// Frames to encode and throw away before a joint. `None`: streams of this encoder
    /// cannot be joined, and `independent_frames` is refused.
    const LEAD_IN: Option<u32>;

    /// Name and version, for people.
    fn name() -> String;

    /// Starts a stream with settings that were checked.
    ///
    /// # Errors
    /// The encoder's own.
    fn open(settings: &Settings) -> Result<Self, Self::Error>;

    /// Encodes at most [`MAX_BLOCK`] samples per channel: interleaved, a whole number
    /// per channel, finite, and within -1.0 and 1.0. Returns the frames that are
    /// complete by now.
    ///
    /// # Errors
    /// The encoder's own.
    fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, Self::Error>;

    /// Ends a stream of so many samples per channel. Called once.
    ///
    /// # Errors
    /// The encoder's own.
    fn finish(&mut self, samples: u64) -> Result<Ending, Self::Error>;
}
