//! Syntactic elements of a `raw_data_block` (ISO/IEC 14496-3, 4.4.2.1).

use super::bit_reader::BitReader;
use super::channel_stream::ChannelStream;
use super::layout::ElementKind;
use super::noise::NoiseGenerator;
use super::stereo::MsMask;
use super::tables::Tables;
use super::windows::IcsInfo;

/// Values of `id_syn_ele`.
const ID_SCE: u32 = 0;
const ID_CPE: u32 = 1;
const ID_LFE: u32 = 3;
const ID_DSE: u32 = 4;
const ID_FIL: u32 = 6;
const ID_END: u32 = 7;

/// Bits of `id_syn_ele`.
const ID_BITS: u32 = 3;

/// An element with audio.
pub(crate) struct AudioElement {
    kind: ElementKind,
    noise: NoiseGenerator,
}

impl AudioElement {
    pub(crate) fn new(kind: ElementKind) -> Self {
        Self {
            kind,
            noise: NoiseGenerator::new(),
        }
    }

    pub(crate) fn channel_count(&self) -> usize {
        match self.kind {
            ElementKind::SingleChannel => 1,
            ElementKind::ChannelPair => 2,
        }
    }

    /// Reads the element's channels. `None` where it is damaged or of another kind.
    pub(crate) fn read(
        &mut self,
        bits: &mut BitReader<'_>,
        tables: &Tables,
        [left, right]: &mut [ChannelStream; 2],
    ) -> Option<()> {
        let id = bits.read(ID_BITS);
        let _instance_tag = bits.read(4);
        match (self.kind, id) {
            (ElementKind::SingleChannel, ID_SCE) => {
                left.read(bits, tables, None, &mut self.noise)?;
            }
            (ElementKind::ChannelPair, ID_CPE) => {
                let common_window = bits.read_flag();
                let mut common = None;
                if common_window {
                    let info = IcsInfo::read(bits, tables.bands)?;
                    common = Some((info, MsMask::read(bits, &info)?));
                }
                let info = common.as_ref().map(|&(info, _)| info);
                left.read(bits, tables, info, &mut self.noise)?;
                right.read(bits, tables, info, &mut self.noise)?;
                match common {
                    Some((_, mask)) => mask.apply(left, right),
                    // Intensity stereo needs a common `ics_info`.
                    None if right.has_intensity() => return None,
                    None => {}
                }
            }
            _ => return None,
        }
        let is_valid = !left.has_intensity();
        is_valid.then_some(())
    }
}

/// The `id_syn_ele` of the next element.
fn peek_id(bits: &BitReader<'_>) -> u32 {
    bits.peek() >> (32 - ID_BITS)
}

/// Whether the next element is a `lfe_channel_element`.
pub(crate) fn is_lfe(bits: &BitReader<'_>) -> bool {
    peek_id(bits) == ID_LFE
}

/// Whether a block of `length` bits ends here, with `ID_END` or without.
pub(crate) fn is_end(bits: &BitReader<'_>, length: usize) -> bool {
    let left = length.checked_sub(bits.position());
    left.is_some_and(|left| left < ID_BITS as usize || peek_id(bits) == ID_END)
}

/// Skips elements without audio. `None` at a fill element with SBR, which extends the
/// audio; `has_sbr` is then set.
pub(crate) fn skip_other_elements(
    bits: &mut BitReader<'_>,
    length: usize,
    has_sbr: &mut bool,
) -> Option<()> {
    while bits.position() < length {
        match peek_id(bits) {
            ID_DSE => skip_data_stream_element(bits),
            ID_FIL => {
                *has_sbr |= skip_fill_element(bits).is_none();
                if *has_sbr {
                    return None;
                }
            }
            _ => break,
        }
    }
    Some(())
}

fn skip_data_stream_element(bits: &mut BitReader<'_>) {
    let _id_and_instance_tag = bits.read(ID_BITS + 4);
    let is_byte_aligned = bits.read_flag();
    let count = match bits.read(8) {
        255 => 255 + bits.read(8),
        count => count,
    };
    let start = match is_byte_aligned {
        true => bits.position().next_multiple_of(8),
        false => bits.position(),
    };
    bits.seek(start + count as usize * 8);
}

/// `None` where it contains SBR.
fn skip_fill_element(bits: &mut BitReader<'_>) -> Option<()> {
    /// `EXT_SBR_DATA` and `EXT_SBR_DATA_CRC`.
    const SBR: [u32; 2] = [13, 14];
    let _id = bits.read(ID_BITS);
    let count = match bits.read(4) {
        15 => 14 + bits.read(8),
        count => count,
    };
    let start = bits.position();
    if count > 0 && SBR.contains(&bits.read(4)) {
        return None;
    }
    bits.seek(start + count as usize * 8);
    Some(())
}
