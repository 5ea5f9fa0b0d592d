//! Headers of WavPack blocks.

/// Bytes of a header.
pub(super) const HEADER: usize = 32;
/// Longest block, as in the reference decoder.
const MAX_BLOCK: u64 = 1 << 20;
/// Versions of streams that decoders understand.
const VERSIONS: std::ops::RangeInclusive<u16> = 0x402..=0x410;
/// Sample rates by the number in the flags; the last number stands for any other.
const RATES: [u32; 15] = [
    6000, 8000, 9600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000,
    88_200, 96_000, 192_000,
];

mod flag {
    pub(super) const MONO: u32 = 1 << 2;
    pub(super) const INITIAL: u32 = 1 << 11;
    pub(super) const FINAL: u32 = 1 << 12;
}

/// Kinds of metadata.
mod kind {
    pub(super) const CHANNELS: u8 = 0x0d;
    pub(super) const RATE: u8 = 0x27;
    pub(super) const LARGE: u8 = 0x80;
    pub(super) const ODD: u8 = 0x40;
}

/// A parsed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockHeader {
    /// Bytes of the block, including the header.
    pub(super) length: u64,
    pub(super) version: u16,
    /// Samples per channel of the file, if known.
    pub(super) total: Option<u64>,
    /// Number of the first sample.
    pub(super) index: u64,
    /// Samples per channel; 0 if the block contains only metadata.
    pub(super) samples: u64,
    pub(super) is_initial: bool,
    pub(super) is_final: bool,
    flags: u32,
}

impl BlockHeader {
    /// Parses the header at the start of `bytes`; `None` if there is none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.get(..HEADER)?.strip_prefix(b"wvpk")?;
        let le32 = |at: usize| -> Option<u32> {
            Some(u32::from_le_bytes(*rest.get(at..)?.first_chunk()?))
        };
        let &[_, _, _, _, v0, v1, index_high, total_high] = rest.first_chunk()?;
        let length = u64::from(le32(0)?) + 8;
        let version = u16::from_le_bytes([v0, v1]);
        let flags = le32(20)?;
        let is_valid = (HEADER as u64..=MAX_BLOCK).contains(&length) && VERSIONS.contains(&version);
        is_valid.then_some(())?;
        let total = le32(8)?;
        Some(Self {
            length,
            version,
            total: (total != u32::MAX).then_some(u64::from(total_high) << 32 | u64::from(total)),
            index: u64::from(index_high) << 32 | u64::from(le32(12)?),
            samples: le32(16)?.into(),
            is_initial: flags & flag::INITIAL != 0,
            is_final: flags & flag::FINAL != 0,
            flags,
        })
    }

    /// Bits of a sample.
    pub(super) fn bits(&self) -> u32 {
        ((self.flags & 3) + 1) * 8
    }
}

/// The format of a stream.
pub(super) struct StreamFormat {
    pub(super) rate: u32,
    pub(super) channels: u16,
    /// Speaker positions as in WAVE; 0 if unknown.
    pub(super) mask: u32,
}

/// The format, from the first block and its metadata.
pub(super) fn format(block: &[u8], header: &BlockHeader) -> StreamFormat {
    let number = usize::try_from(header.flags >> 23 & 15).unwrap_or_default();
    let channels = if header.flags & flag::MONO != 0 { 1 } else { 2 };
    let mut format = StreamFormat {
        rate: RATES.get(number).copied().unwrap_or(44_100),
        channels,
        mask: if channels == 1 { 4 } else { 3 },
    };
    let mut rest = block.get(HEADER..).unwrap_or_default();
    while let Some((kind, body, after)) = metadata(rest) {
        match (kind, body) {
            // Channels, then the mask, which may be longer than its bits.
            (kind::CHANNELS, &[count, ref mask @ ..]) if mask.len() < 5 => {
                format.channels = count.into();
                format.mask = little_endian(mask);
            }
            // More than 255 channels: the number continues after the number of streams.
            (kind::CHANNELS, &[low, _, high, ref mask @ ..]) => {
                format.channels = (u16::from(high & 15) << 8 | u16::from(low)).saturating_add(1);
                format.mask = little_endian(mask);
            }
            (kind::RATE, &[_, _, _, ..]) => format.rate = little_endian(body),
            _ => {}
        }
        rest = after;
    }
    format
}

/// Kind and body of the first metadata, and the bytes after it.
fn metadata(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[id, low], rest) = bytes.split_first_chunk()?;
    let (words, rest) = match id & kind::LARGE {
        0 => (usize::from(low), rest),
        _ => {
            let (&[middle, high], rest) = rest.split_first_chunk()?;
            let words = u32::from_le_bytes([low, middle, high, 0]);
            (usize::try_from(words).ok()?, rest)
        }
    };
    let (body, after) = rest.split_at_checked(words * 2)?;
    let odd = usize::from(id & kind::ODD != 0);
    let body = body.get(..body.len().saturating_sub(odd))?;
    Some((id & !(kind::LARGE | kind::ODD), body, after))
}

fn little_endian(bytes: &[u8]) -> u32 {
    let bytes = bytes.iter().take(4).rev();
    bytes.fold(0, |number, &byte| number << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with these flags and this metadata.
    fn block(flags: u32, metadata: &[u8]) -> Vec<u8> {
        let mut bytes = b"wvpk".to_vec();
        bytes.extend((24 + metadata.len() as u32).to_le_bytes());
        bytes.extend([0x10, 4, 1, 2]);
        for number in [7u32, 9, 100, flags, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(metadata);
        bytes
    }

    #[test]
    fn numbers_of_40_bits_are_read() {
        let header = BlockHeader::parse(&block(0x1801, &[])).unwrap();
        assert_eq!(header.length, 32);
        assert_eq!(header.total, Some((2 << 32) + 7));
        assert_eq!(header.index, (1 << 32) + 9);
        assert_eq!((header.samples, header.bits()), (100, 16));
        assert!(header.is_initial && header.is_final);
    }

    #[test]
    fn metadata_state_channels_and_unusual_rates() {
        let of = |metadata: &[u8]| {
            let bytes = block(15 << 23 | 0x1801, metadata);
            let header = BlockHeader::parse(&bytes).unwrap();
            let format = format(&bytes, &header);
            (format.rate, format.channels, format.mask)
        };
        assert_eq!(of(&[]), (44_100, 2, 3));
        // An odd size of three bytes each: 37,800 Hz; six channels of 5.1.
        assert_eq!(of(&[0x67, 2, 0xa8, 0x93, 0, 0]), (37_800, 2, 3));
        assert_eq!(of(&[0x0d, 1, 6, 0x3f]), (44_100, 6, 0x3f));
        let many = [0x0d, 3, 0x2b, 7, 1, 0, 0, 0];
        assert_eq!(of(&many), (44_100, 0x12c, 0));
        // Metadata longer than the block.
        assert_eq!(of(&[0x0d, 9, 6]), (44_100, 2, 3));
    }

    #[test]
    fn other_bytes_are_no_header() {
        for (at, byte) in [(0, b'W'), (5, 0xff), (7, 1), (9, 5)] {
            let mut bytes = block(0x1801, &[]);
            bytes[at] = byte;
            if at == 5 {
                bytes[6] = 0xff;
            }
            assert_eq!(BlockHeader::parse(&bytes), None, "{at}");
        }
        assert_eq!(BlockHeader::parse(b"wvpk"), None);
    }
}
