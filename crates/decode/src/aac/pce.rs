//! AAC whose first packet defines the channels in a `program_config_element` (ISO/IEC
//! 14496-3, 4.4.1.1). Streams without a container use it for layouts that have no channel
//! configuration.

use tonearm_media_core::{BitReader, Decoder, Packet, Pcm, Undecodable};

use super::Fallback;

/// Opens the actual decoder at the first packet that defines the channels.
pub(super) struct PceDecoder {
    fallback: Fallback,
    inner: Option<Box<dyn Decoder>>,
}

/// Whether a configuration leaves the channels to the stream.
pub(super) fn is_in_stream(config: &[u8]) -> bool {
    matches!(config, [_, second] if second >> 3 & 15 == 0)
}

impl PceDecoder {
    pub(super) fn new(fallback: Fallback) -> Self {
        let inner = None;
        Self { fallback, inner }
    }
}

impl Decoder for PceDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if self.inner.is_none() {
            let mut fallback = self.fallback.clone();
            let element = program_config_element(&packet.data).ok_or(Undecodable)?;
            fallback.track.params.config.extend(element);
            self.inner = Some(fallback.open().map_err(|_| Undecodable)?);
        }
        let inner = self.inner.as_mut().ok_or(Undecodable)?;
        inner.decode(packet, pcm)
    }
}

/// The element at the start of a block in the form of a configuration: without its
/// identifier, and with an empty comment.
fn program_config_element(block: &[u8]) -> Option<Vec<u8>> {
    const ID_PCE: u32 = 5;
    let mut bits = BitReader::new(block);
    if bits.read(3)? != ID_PCE {
        return None;
    }
    let start = bits.position();
    bits.read(10)?;
    let (front, side, back) = (bits.read(4)?, bits.read(4)?, bits.read(4)?);
    let (low, data, coupled) = (bits.read(2)?, bits.read(3)?, bits.read(4)?);
    for width in [4, 4, 3] {
        if bits.read(1)? == 1 {
            bits.read(width)?;
        }
    }
    let elements = [(front + side + back + coupled, 5), (low + data, 4)];
    for (count, size) in elements {
        for _ in 0..count {
            bits.read(size)?;
        }
    }
    let length = bits.position() - start;
    let mut bits = BitReader::new(block);
    bits.read(start)?;
    let mut out = Vec::new();
    for at in (0..length).step_by(8) {
        let size = (length - at).min(8);
        out.push((bits.read(size)? << (8 - size)) as u8);
    }
    out.push(0);
    Some(out)
}
