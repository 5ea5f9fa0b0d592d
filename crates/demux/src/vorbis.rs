//! Lengths of Vorbis packets (Vorbis I specification, 4.2.4 and 4.3.8), without decoding.

/// The block sizes of a stream, and which of its modes have long blocks.
#[derive(Clone, Debug)]
pub(crate) struct PacketLengths {
    /// Samples of short and long blocks.
    blocks: [u64; 2],
    /// Whether each mode has long blocks.
    modes: Vec<bool>,
    /// Bits of a mode's number.
    mode_bits: u32,
    /// Whether the last packet had a long block.
    last: Option<bool>,
}

/// Bits of a mode in the setup header: block flag, window type, transform type, mapping.
const MODE_BITS: usize = 1 + 16 + 16 + 8;
/// Most modes.
const MAX_MODES: usize = 64;

impl PacketLengths {
    /// Reads the identification and the setup header; `None` where they are invalid.
    pub(crate) fn new(ident: &[u8], setup: &[u8]) -> Option<Self> {
        let sizes = *ident.get(28)?;
        let (short, long) = (sizes & 15, sizes >> 4);
        if !ident.starts_with(b"\x01vorbis") || short < 6 || long > 13 || short > long {
            return None;
        }
        let modes = modes(setup)?;
        Some(Self {
            blocks: [1 << short, 1 << long],
            mode_bits: usize::BITS - (modes.len() - 1).leading_zeros(),
            modes,
            last: None,
        })
    }

    /// Samples per channel of the next packet: a quarter of its block and of the one
    /// before. The first has none. `None` where the packet is not audio.
    pub(crate) fn next(&mut self, packet: &[u8]) -> Option<u64> {
        let &first = packet.first()?;
        if first & 1 != 0 {
            return None;
        }
        let mode = usize::from(first >> 1) & ((1 << self.mode_bits) - 1);
        let is_long = *self.modes.get(mode)?;
        let last = self.last.replace(is_long)?;
        Some((self.blocks[usize::from(last)] + self.blocks[usize::from(is_long)]) / 4)
    }

    /// Whether the last packet had a long block; `None` before the first.
    pub(crate) fn last(&self) -> Option<bool> {
        self.last
    }

    /// Continues after a packet with a short or long block.
    pub(crate) fn set_last(&mut self, last: Option<bool>) {
        self.last = last;
    }
}

/// The block flags of the modes, which are the last part of the setup header. They are read
/// from its end, because their position depends on everything before them. Their fixed
/// fields confirm them.
fn modes(setup: &[u8]) -> Option<Vec<bool>> {
    if !setup.starts_with(b"\x05vorbis") {
        return None;
    }
    let bit = |at: usize| setup[at / 8] >> (at % 8) & 1;
    let number = |at: usize, count: usize| {
        (0..count).fold(0usize, |value, n| value | usize::from(bit(at + n)) << n)
    };
    // The framing bit.
    let end = (0..setup.len() * 8).rev().find(|&at| bit(at) == 1)?;
    let mut found = None;
    for count in 1..=MAX_MODES {
        let Some(start) = end.checked_sub(count * MODE_BITS) else {
            break;
        };
        if start < 7 * 8 + 6 || number(start + 1, 32) != 0 {
            break;
        }
        if number(start - 6, 6) == count - 1 {
            found = Some((start, count));
        }
    }
    let (start, count) = found?;
    Some(
        (0..count)
            .map(|n| bit(start + n * MODE_BITS) == 1)
            .collect(),
    )
}
