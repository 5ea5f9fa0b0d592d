//! The trait that a plugin implements.

use tonearm_decoder_api::{DecoderError, Pcm, Settings};

/// A decoder. Each value decodes one track. [`Session`](crate::Session) checks limits and
/// results, so an implementation need not.
pub trait PacketDecoder: Sized + Send + 'static {
    /// [`name`](tonearm_decoder_api::Description::name) of the description.
    fn name() -> String;

    /// [`codecs`](tonearm_decoder_api::Description::codecs) of the description.
    fn codecs() -> Vec<String>;

    /// Opens a decoder of a track whose codec is one of [`codecs`](Self::codecs).
    ///
    /// # Errors
    /// `BadSettings` and `Internal`.
    fn open(settings: &Settings) -> Result<Self, DecoderError>;

    /// Decodes a packet of at least one byte and at most
    /// [`MAX_PACKET_BYTES`](crate::MAX_PACKET_BYTES).
    ///
    /// # Errors
    /// Why the packet is damaged; the decoder accepts the next one.
    fn decode(&mut self, packet: &[u8]) -> Result<Pcm, String>;

    /// Returns what the decoder holds after the last packet; none at the end.
    ///
    /// # Errors
    /// Why the rest is damaged.
    fn flush(&mut self) -> Result<Pcm, String>;

    /// Returns to the state after [`open`](Self::open).
    fn reset(&mut self);
}
