//! The interface of decoders.

use crate::packet::Packet;
use crate::pcm::Pcm;

/// A damaged packet. Decoding continues with the next packet, so there is no further
/// detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

/// Decodes the packets of one track.
pub trait Decoder: Send {
    /// Replaces `pcm` with the decoded packet, untrimmed.
    ///
    /// # Errors
    /// [`Undecodable`] where the packet is damaged; the decoder stays usable.
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable>;
}
