//! Adapts `tonearm-aac-lc`.

use tonearm_aac_lc::{Speaker, UnsupportedConfig};

use crate::decode::{Decoder, Order, Pcm, Place, Undecodable};
use crate::demux::Packet;

/// AAC-LC of one to six channels at 44.1 or 48 kHz.
pub(super) struct LcDecoder(tonearm_aac_lc::Decoder);

impl LcDecoder {
    /// Opens a decoder on an AudioSpecificConfig.
    pub(super) fn open(config: &[u8]) -> Result<Self, UnsupportedConfig> {
        tonearm_aac_lc::Decoder::from_audio_specific_config(config).map(Self)
    }
}

impl Decoder for LcDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.order = Order::Planar;
        let Self(inner) = self;
        inner
            .decode(&packet.data, &mut pcm.samples)
            .map_err(|_| Undecodable)?;
        pcm.rate = inner.sample_rate();
        pcm.places.clear();
        pcm.places.extend(inner.speakers().iter().map(place));
        Ok(())
    }
}

fn place(speaker: &Speaker) -> Place {
    match speaker {
        Speaker::FrontCentre => Place::FrontCentre,
        Speaker::FrontLeft => Place::FrontLeft,
        Speaker::FrontRight => Place::FrontRight,
        Speaker::SurroundLeft => Place::Left,
        Speaker::SurroundRight => Place::Right,
        Speaker::BackCentre => Place::BackCentre,
        Speaker::LowFrequency => Place::LowFrequency,
    }
}
