//! A [`PacketDecoder`] as a [`Decoder`].

use std::marker::PhantomData;

use tonearm_decoder_api::{Decoder, DecoderError, Description, Settings};

use crate::packet_decoder::PacketDecoder;
use crate::session::{MAX_PACKET_BYTES, MAX_PACKETS, Session};

/// The decoder that a plugin exports. It is a [`Decoder`] natively too, so tests decode
/// files without WebAssembly.
pub struct Plugin<D>(PhantomData<fn() -> D>);

impl<D> Plugin<D> {
    /// The decoder.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<D> Default for Plugin<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: PacketDecoder> Decoder for Plugin<D> {
    type Session = Session<D>;

    fn describe(&self) -> Description {
        Description {
            name: D::name(),
            codecs: D::codecs(),
            max_packets: MAX_PACKETS as u32,
            max_packet_bytes: MAX_PACKET_BYTES as u32,
        }
    }

    fn open(&self, settings: &Settings) -> Result<Session<D>, DecoderError> {
        Session::open(settings)
    }
}
