//! The layout of samples in blocks, and the search for the start of a block.
//!
//! A DVD groups samples of more than 16 bits by four (by two for a single channel): first
//! the high 16 bits of each, then the low 8 or 4 bits of each. A frame here is one sample
//! of every channel. AES3 stores the bits of a sample with the least significant first, and
//! four bits of other data after it.

use tonearm_media_core::BitReader;

use super::header::{BitDepth, Disc, Header};

/// Most blocks whose samples are compared to find the start of a block.
const MAX_PROBED_BLOCKS: usize = 64;

/// The layout of the blocks of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blocks {
    is_aes3: bool,
    /// Samples of a group, across channels; 0 where samples are not grouped.
    group: usize,
    bits: BitDepth,
    stored: usize,
    order: &'static [usize],
    /// Bytes of a block, which consists of complete groups and complete frames.
    pub(super) bytes: usize,
}

/// Bits of a sample in AES3.
fn aes3_bits(bits: BitDepth) -> usize {
    match bits {
        BitDepth::Sixteen => 16,
        BitDepth::Twenty => 20,
        BitDepth::TwentyFour => 24,
    }
}

impl Blocks {
    pub(super) fn new(disc: Disc, header: &Header) -> Self {
        let group = match (disc, header.bits, header.stored) {
            (Disc::BluRay | Disc::Aes3, ..) | (_, BitDepth::Sixteen, _) => 0,
            (_, _, 1) => 2,
            _ => 4,
        };
        let samples = match group {
            0 => header.stored,
            // The least common multiple of both.
            _ => (1..=header.stored)
                .map(|groups| groups * group)
                .find(|samples| samples.is_multiple_of(header.stored))
                .unwrap_or(group),
        };
        let is_aes3 = disc == Disc::Aes3;
        let bits = match (header.bits, group) {
            (bits, _) if is_aes3 => aes3_bits(bits) + 4,
            (BitDepth::Sixteen, _) => 16,
            // Without groups, a sample of 20 bits takes three bytes.
            (BitDepth::Twenty, 2 | 4) => 20,
            _ => 24,
        };
        Self {
            is_aes3,
            group,
            bits: header.bits,
            stored: header.stored,
            order: header.order,
            bytes: samples * bits / 8,
        }
    }

    /// Bytes of an unpacked sample.
    pub(super) fn width(&self) -> usize {
        match self.bits {
            BitDepth::Sixteen => 2,
            _ => 3,
        }
    }

    /// Appends the samples of a block to `out`, big-endian and interleaved.
    pub(super) fn unpack(&self, block: &[u8], out: &mut Vec<u8>) {
        if self.group > 0 {
            return self.ungroup(block, out);
        }
        if self.is_aes3 {
            return self.unpack_aes3(block, out);
        }
        let width = self.width();
        for frame in block.chunks_exact(self.stored * width) {
            for &from in self.order {
                let sample = frame.get(from * width..(from + 1) * width);
                out.extend_from_slice(sample.unwrap_or_default());
            }
        }
    }

    fn unpack_aes3(&self, block: &[u8], out: &mut Vec<u8>) {
        let mut bits = BitReader::new(block);
        let width = aes3_bits(self.bits);
        for _ in 0..self.stored {
            let sample = (0..width).fold(0, |sample, at| {
                sample | bits.read(1).unwrap_or(0) << (32 - width + at)
            });
            bits.read(4);
            out.extend(sample.to_be_bytes().iter().take(self.width()));
        }
    }

    fn ungroup(&self, block: &[u8], out: &mut Vec<u8>) {
        let high = self.group * 2;
        for group in block.chunks_exact(self.group_bytes()) {
            let (high, low) = group.split_at(high);
            for (n, pair) in high.chunks_exact(2).enumerate() {
                out.extend_from_slice(pair);
                out.push(match self.bits {
                    BitDepth::Twenty if n % 2 == 0 => low[n / 2] & 0xf0,
                    BitDepth::Twenty => low[n / 2] << 4,
                    _ => low[n],
                });
            }
        }
    }

    fn group_bytes(&self) -> usize {
        self.group * if self.bits == BitDepth::Twenty { 5 } else { 6 } / 2
    }

    /// Finds the offset of the first block in `payload`, which begins with some frame of a
    /// block: the offset at which neighbouring samples differ least by a clear margin.
    ///
    /// The offset is 0 unless blocks span packets: FFmpeg writes only complete frames to a packet.
    pub(super) fn find_start(&self, payload: &[u8], spans_packets: bool) -> Option<usize> {
        if self.group == 0 || !spans_packets && payload.len().is_multiple_of(self.bytes) {
            return Some(0);
        }
        let frame = self.stored * self.group_bytes() / self.group;
        let offsets = (0..self.bytes).step_by(frame);
        let mut candidates: Vec<(u64, usize)> = offsets
            .map(|offset| {
                (
                    self.roughness(payload.get(offset..).unwrap_or_default()),
                    offset,
                )
            })
            .collect();
        candidates.sort_unstable();
        match candidates.as_slice() {
            [(_, only)] => Some(*only),
            [(least, offset), (next, _), ..] => {
                (least.saturating_mul(2) < *next).then_some(*offset)
            }
            [] => None,
        }
    }

    /// The sum of differences between successive samples of each channel.
    fn roughness(&self, bytes: &[u8]) -> u64 {
        let mut samples = Vec::new();
        for block in bytes.chunks_exact(self.bytes).take(MAX_PROBED_BLOCKS) {
            self.unpack(block, &mut samples);
        }
        let high = |sample: &[u8]| i16::from_be_bytes([sample[0], sample[1]]);
        let before = samples.chunks_exact(3);
        let after = samples.chunks_exact(3).skip(self.stored);
        before
            .zip(after)
            .map(|(a, b)| u64::from(high(a).abs_diff(high(b))))
            .sum()
    }
}
