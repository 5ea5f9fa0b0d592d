//! AAC-LC of three to six channels, by symphonia's decoder of one or two: each element
//! of a packet has a decoder of its own. The low-frequency channel, of which nothing is
//! heard once it is folded down, stays silent.

use ::symphonia::core::audio::GenericAudioBufferRef;
use ::symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use ::symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};

use super::elements::{self, Kind, Layout, Splitter};
use crate::decode::{Decoder, Order, Pcm, Undecodable, symphonia};
use crate::demux::Packet;

/// Samples per channel of a packet.
const FRAMES: usize = 1024;

struct Surround {
    rate: u32,
    layout: &'static Layout,
    splitter: Splitter,
    /// One for each element.
    decoders: Vec<Box<dyn AudioDecoder>>,
    element: Vec<u8>,
}

/// Opens decoders for a layout at 44.1 or 48 kHz.
pub(super) fn open(layout: &'static Layout, rate: u32) -> Option<Box<dyn Decoder>> {
    let elements = layout.elements.iter();
    Some(Box::new(Surround {
        rate,
        layout,
        splitter: Splitter::new(layout),
        decoders: elements
            .map(|&kind| element_decoder(kind, rate))
            .collect::<Option<_>>()?,
        element: Vec::new(),
    }))
}

fn element_decoder(kind: Kind, rate: u32) -> Option<Box<dyn AudioDecoder>> {
    let channels = match kind {
        Kind::Single => 1,
        Kind::Pair => 2,
    };
    let config = super::lc_config(rate, channels)?;
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(CODEC_ID_AAC)
        .with_extra_data(config.into());
    symphonia::decoder(&params)
}

impl Decoder for Surround {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.clear(Order::Planar);
        let found = self.splitter.split(&packet.data).ok_or(Undecodable)?;
        for (bits, decoder) in found.iter().zip(&mut self.decoders) {
            elements::cut(&packet.data, bits, &mut self.element);
            let decoded = symphonia::run(decoder.as_mut(), &self.element, FRAMES as u64)?;
            if let GenericAudioBufferRef::F32(planes) = decoded {
                symphonia::append(planes, &mut pcm.samples);
            }
        }
        let whole = FRAMES * self.layout.places.len();
        let silent = if self.layout.has_low_frequency {
            FRAMES
        } else {
            0
        };
        if pcm.samples.len() + silent != whole {
            return Err(Undecodable);
        }
        pcm.samples.resize(whole, 0.0);
        pcm.rate = self.rate;
        pcm.places.clear();
        pcm.places.extend_from_slice(self.layout.places);
        Ok(())
    }
}
