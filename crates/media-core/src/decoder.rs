//! The interface of decoders.

use crate::codec::Codec;
use crate::error::{FileError, Result};
use crate::packet::Packet;
use crate::pcm::Pcm;
use crate::track::Track;

/// A damaged packet. Decoding continues with the next packet, so there is no further
/// detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

/// Decodes the packets of one track.
pub trait Decoder: Send {
    /// Replaces `pcm` with the decoded packet, untrimmed. A decoder that needs more packets
    /// first leaves it empty.
    ///
    /// # Errors
    /// [`Undecodable`] where the packet is damaged; the decoder stays usable.
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable>;

    /// Replaces `pcm` with samples that the decoder still holds after the last packet, and
    /// leaves it empty once there are none. Called until then.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.samples.clear();
        Ok(())
    }

    /// The error of a track whose packets have shown that it needs another decoder.
    fn refusal(&self) -> Option<FileError> {
        None
    }
}

/// Decoders outside this program: a component that the manifest names.
pub trait DecoderPlugin: Send + Sync {
    /// The codecs that the plugin decodes.
    fn codecs(&self) -> Vec<Codec>;

    /// Opens a decoder of a track.
    ///
    /// # Errors
    /// `UnsupportedCodec`, and `Damaged` where the configuration is invalid.
    fn open(&self, track: &Track) -> Result<Box<dyn Decoder>>;
}

/// The absence of a plugin.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPlugin;

impl DecoderPlugin for NoPlugin {
    fn codecs(&self) -> Vec<Codec> {
        Vec::new()
    }

    fn open(&self, track: &Track) -> Result<Box<dyn Decoder>> {
        Err(track.unsupported())
    }
}
