//! Blocks: a track number, a timestamp, and one or several laced frames (RFC 9559, 10.1 to
//! 10.3).

use std::ops::Range;

use super::ebml::vint;

/// A parsed block.
pub(super) struct Block {
    pub(super) track: u64,
    /// Timestamp relative to the cluster's, in ticks of the segment.
    pub(super) timestamp: i16,
    /// The range of each frame, from the start of the block.
    pub(super) frames: Vec<Range<usize>>,
}

/// The first bytes of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockHeader {
    pub(super) track: u64,
    /// As in [`Block`].
    pub(super) timestamp: i16,
    flags: u8,
    length: usize,
}

impl BlockHeader {
    /// Bytes that the header has at most.
    pub(super) const MAX_BYTES: usize = 11;

    /// Parses the header of the block that begins with these bytes.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (track, length) = vint(bytes)?;
        let &[t0, t1, flags] = bytes.get(length..)?.first_chunk()?;
        Some(Self {
            track: track?,
            timestamp: i16::from_be_bytes([t0, t1]),
            flags,
            length: length + 3,
        })
    }

    /// Whether the bits that the specification reserves are zero.
    pub(super) fn is_plausible(self) -> bool {
        self.flags & 0x70 == 0
    }
}

/// Parses a whole block; `None` if its lacing is invalid.
pub(super) fn parse(bytes: &[u8]) -> Option<Block> {
    let header = BlockHeader::parse(bytes)?;
    let at = header.length;
    let frames = match header.flags >> 1 & 3 {
        0 => std::iter::once(at..bytes.len()).collect(),
        1 => laced(bytes, at, xiph_sizes)?,
        3 => laced(bytes, at, ebml_sizes)?,
        _ => {
            let count = usize::from(*bytes.get(at)?) + 1;
            let body = bytes.len().checked_sub(at + 1)?;
            let size = body / count;
            (0..count)
                .map(|n| at + 1 + n * size..at + 1 + (n + 1) * size)
                .collect()
        }
    };
    Some(Block {
        track: header.track,
        timestamp: header.timestamp,
        frames,
    })
}

/// Parses the sizes of all frames but the last. Returns them with the number of bytes
/// read.
type Sizes = fn(&[u8], usize) -> Option<(Vec<usize>, usize)>;

fn laced(bytes: &[u8], at: usize, sizes: Sizes) -> Option<Vec<Range<usize>>> {
    let count = usize::from(*bytes.get(at)?) + 1;
    let (sizes, length) = sizes(bytes.get(at + 1..)?, count - 1)?;
    let mut start = at + 1 + length;
    let mut frames = Vec::with_capacity(count);
    for size in sizes {
        let end = start.checked_add(size)?;
        frames.push(start..end);
        start = end;
    }
    frames.push(start..bytes.len());
    (start <= bytes.len()).then_some(frames)
}

fn xiph_sizes(bytes: &[u8], count: usize) -> Option<(Vec<usize>, usize)> {
    let mut sizes = Vec::with_capacity(count);
    let mut at = 0;
    for _ in 0..count {
        let mut size = 0;
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            size += usize::from(byte);
            if byte < 255 {
                break;
            }
        }
        sizes.push(size);
    }
    Some((sizes, at))
}

fn ebml_sizes(bytes: &[u8], count: usize) -> Option<(Vec<usize>, usize)> {
    let mut sizes: Vec<usize> = Vec::with_capacity(count);
    let mut at = 0;
    for _ in 0..count {
        let (value, length) = vint(bytes.get(at..)?)?;
        at += length;
        let value = i64::try_from(value?).ok()?;
        let size = match sizes.last() {
            None => value,
            // A signed difference, stored with a bias.
            Some(&last) => {
                let bias = (1i64 << (7 * length - 1)) - 1;
                i64::try_from(last).ok()?.checked_add(value - bias)?
            }
        };
        sizes.push(usize::try_from(size).ok()?);
    }
    Some((sizes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
        parse(bytes).map(|block| block.frames)
    }

    #[test]
    fn each_kind_of_lacing_is_parsed() {
        let plain = frames(&[0x81, 0, 0, 0, 7, 7]).unwrap();
        assert!(plain.iter().eq([&(4..6)]));
        // Xiph: three frames of 2 bytes, 1 byte, and the rest.
        let xiph = [0x81, 0, 0, 2, 2, 2, 1, 9, 9, 8, 7, 7];
        assert_eq!(frames(&xiph), Some(vec![7..9, 9..10, 10..12]));
        // EBML: 2 bytes, then one byte less, then the rest.
        let ebml = [0x81, 0, 0, 6, 2, 0x82, 0xbe, 9, 9, 8, 7, 7];
        assert_eq!(frames(&ebml), Some(vec![7..9, 9..10, 10..12]));
        let fixed = [0x81, 0, 0, 4, 1, 9, 9, 8, 8];
        assert_eq!(frames(&fixed), Some(vec![5..7, 7..9]));
        // A size beyond the block.
        assert_eq!(frames(&[0x81, 0, 0, 2, 1, 200, 9]), None);
    }
}
