//! The trait that a plugin implements.

use tonearm_encoder_api::{Ending, Settings};

/// An MP3 encoder. Each value encodes one stream. [`Session`](crate::Session) validates
/// settings, blocks and the order of calls, so an implementation need not.
pub trait Mp3Encoder: Sized {
    /// Why the encoder itself failed.
    type Error: std::error::Error;

    /// [`lead_in`](tonearm_encoder_api::Description::lead_in) of the description. With `None`,
    /// `independent_frames` is refused.
    const LEAD_IN: Option<u32>;

    /// [`name`](tonearm_encoder_api::Description::name) of the description.
    fn name() -> String;

    /// Starts a stream. The settings passed [`check_settings`](crate::check_settings).
    ///
    /// # Errors
    /// The encoder's own.
    fn open(settings: &Settings) -> Result<Self, Self::Error>;

    /// Whether the stream begins with a header frame of the encoder's own. If not, the
    /// session adds one. Not called for a stream of independent frames, which has none.
    fn has_header(&self) -> bool;

    /// Encodes at most [`MAX_BLOCK`](crate::MAX_BLOCK) samples per channel: interleaved, the same number for
    /// each channel, finite, and within -1.0 and 1.0. Returns the
    /// bytes of the stream that are complete, which may end within a frame.
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
