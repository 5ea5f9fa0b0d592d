//! AAC whose channels are told by its first packet: a `program_config_element` (ISO/IEC
//! 14496-3, 4.4.1.1), as bare streams have where no channel configuration fits.

use tonearm_media_core::{BitReader, Decoder, Packet, Pcm, Undecodable};

use super::fallback::FallbackDecoder;

/// The decoder, once a packet told what it is to be.
pub(super) struct PceDecoder {
    config: Vec<u8>,
    then: Option<FallbackDecoder>,
}

impl PceDecoder {
    /// For a configuration that leaves the channels to the stream; `None` for others.
    pub(super) fn open(config: &[u8]) -> Option<Self> {
        let &[_, second] = config else { return None };
        (second >> 3 & 15 == 0).then(|| Self {
            config: config.to_vec(),
            then: None,
        })
    }
}

impl Decoder for PceDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if self.then.is_none() {
            let mut config = self.config.clone();
            config.extend(element(&packet.data).ok_or(Undecodable)?);
            self.then = Some(FallbackDecoder::open(config).map_err(|_| Undecodable)?);
        }
        let then = self.then.as_mut().ok_or(Undecodable)?;
        then.decode(&packet.data, pcm)
    }
}

/// The element that a block begins with, as it stands in a configuration: without its
/// name, and with no comment.
fn element(block: &[u8]) -> Option<Vec<u8>> {
    const NAME: u32 = 5;
    let mut bits = BitReader::new(block);
    if bits.read(3)? != NAME {
        return None;
    }
    let start = bits.position();
    bits.read(10)?;
    let (front, side, back) = (bits.read(4)?, bits.read(4)?, bits.read(4)?);
    let (low, data, coupled) = (bits.read(2)?, bits.read(3)?, bits.read(4)?);
    for mixdown in [4, 4, 3] {
        if bits.read(1)? == 1 {
            bits.read(mixdown)?;
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
