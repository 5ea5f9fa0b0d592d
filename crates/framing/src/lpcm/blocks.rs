//! How the samples of discs lie in blocks, and where blocks begin.
//!
//! A DVD with more than 16 bits puts the high 16 bits of four samples (two of a
//! single channel) in front, and behind them what is left of each: 8 or 4 bits.

use super::header::{Bits, Disc, Sound};

/// Blocks that are looked at to find where they begin.
const LOOK: usize = 64;

/// Blocks of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blocks {
    /// Samples, of all channels, that high bits are put together of; 0 where they
    /// are not.
    group: usize,
    bits: Bits,
    stored: usize,
    order: &'static [usize],
    /// Bytes of a block, which holds whole groups and whole moments.
    pub(super) bytes: usize,
}

impl Blocks {
    pub(super) fn new(disc: Disc, sound: &Sound) -> Self {
        let group = match (disc, sound.bits, sound.stored) {
            (Disc::BluRay, ..) | (_, Bits::Sixteen, _) => 0,
            (_, _, 1) => 2,
            _ => 4,
        };
        let samples = match group {
            0 => sound.stored,
            // Their least common multiple.
            _ => (1..=sound.stored)
                .map(|groups| groups * group)
                .find(|samples| samples.is_multiple_of(sound.stored))
                .unwrap_or(group),
        };
        let bits = match (sound.bits, group) {
            (Bits::Sixteen, _) => 16,
            // Without groups, 20 bits lie in three bytes.
            (Bits::Twenty, 2 | 4) => 20,
            _ => 24,
        };
        Self {
            group,
            bits: sound.bits,
            stored: sound.stored,
            order: sound.order,
            bytes: samples * bits / 8,
        }
    }

    /// Bytes of a sample that comes out.
    pub(super) fn width(&self) -> usize {
        match self.bits {
            Bits::Sixteen => 2,
            _ => 3,
        }
    }

    /// Appends the samples of a block to `out`: big-endian, the channels of a
    /// moment side by side.
    pub(super) fn unpack(&self, block: &[u8], out: &mut Vec<u8>) {
        if self.group > 0 {
            return self.ungroup(block, out);
        }
        let width = self.width();
        for moment in block.chunks_exact(self.stored * width) {
            for &from in self.order {
                let sample = moment.get(from * width..(from + 1) * width);
                out.extend_from_slice(sample.unwrap_or_default());
            }
        }
    }

    fn ungroup(&self, block: &[u8], out: &mut Vec<u8>) {
        let high = self.group * 2;
        for group in block.chunks_exact(self.group_bytes()) {
            let (high, low) = group.split_at(high);
            for (n, pair) in high.chunks_exact(2).enumerate() {
                out.extend_from_slice(pair);
                out.push(match self.bits {
                    Bits::Twenty if n % 2 == 0 => low[n / 2] & 0xf0,
                    Bits::Twenty => low[n / 2] << 4,
                    _ => low[n],
                });
            }
        }
    }

    fn group_bytes(&self) -> usize {
        self.group * if self.bits == Bits::Twenty { 5 } else { 6 } / 2
    }

    /// Where the first block begins in `payload`, that begins with any moment: where
    /// the samples are by far the calmest. `None` where none is.
    ///
    /// It is at 0 unless packets are ragged: FFmpeg puts only moments whole into them.
    pub(super) fn find(&self, payload: &[u8], is_ragged: bool) -> Option<usize> {
        if self.group == 0 || !is_ragged && payload.len().is_multiple_of(self.bytes) {
            return Some(0);
        }
        let moment = self.stored * self.group_bytes() / self.group;
        let places = (0..self.bytes).step_by(moment);
        let mut restless: Vec<(u64, usize)> = places
            .map(|at| (self.unrest(payload.get(at..).unwrap_or_default()), at))
            .collect();
        restless.sort_unstable();
        match restless.as_slice() {
            [(_, only)] => Some(*only),
            [(least, at), (next, _), ..] => (least.saturating_mul(2) < *next).then_some(*at),
            [] => None,
        }
    }

    /// How far samples are from those before them.
    fn unrest(&self, bytes: &[u8]) -> u64 {
        let mut samples = Vec::new();
        for block in bytes.chunks_exact(self.bytes).take(LOOK) {
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
