//! Huffman decoding tables.

use super::bit_reader::BitReader;
use super::codebooks::{Codebook, SCALE_FACTORS};

/// Bits that index the lookup table.
const LOOKUP_BITS: u32 = 10;

/// Lookup entry of a codeword that is longer than [`LOOKUP_BITS`].
const LONGER: Codeword = Codeword {
    index: 0,
    length: 0,
    total_bits: 0,
};

/// A codeword.
#[derive(Clone, Copy)]
pub(crate) struct Codeword {
    /// Its index in the standard's table, from which its values follow.
    pub(crate) index: u16,
    /// Its length in bits.
    pub(crate) length: u8,
    /// Its length and that of the sign bits after it.
    pub(crate) total_bits: u8,
}

/// The codewords of one codebook.
pub(crate) struct HuffmanTable {
    /// Each codeword, left-aligned in 32 bits.
    starts: Vec<u32>,
    codewords: Vec<Codeword>,
    /// The codeword that these bits start with.
    lookup: Box<[Codeword; 1 << LOOKUP_BITS]>,
}

impl HuffmanTable {
    /// `sign_bits` returns how many sign bits follow the codeword of an index.
    pub(crate) fn new(codebook: &Codebook, sign_bits: impl Fn(u16) -> u8) -> Self {
        let mut table = Self {
            starts: Vec::new(),
            codewords: Vec::new(),
            lookup: Box::new([LONGER; 1 << LOOKUP_BITS]),
        };
        let lengths = codebook.lengths.iter();
        let lengths = lengths.flat_map(|&(length, count)| std::iter::repeat_n(length, count));
        let mut start = 0u32;
        let mut lookup = table.lookup.iter_mut();
        for (length, &index) in lengths.zip(codebook.indices) {
            let codeword = Codeword {
                index,
                length: length as u8,
                total_bits: length as u8 + sign_bits(index),
            };
            table.starts.push(start);
            table.codewords.push(codeword);
            // The code is complete, so the end of the last codeword wraps to 0.
            start = start.wrapping_add(1 << (32 - length));
            let slots = lookup.by_ref().take((1 << LOOKUP_BITS) >> length);
            slots.for_each(|slot| *slot = codeword);
        }
        table
    }

    /// The codeword at the start of `bits`, which are left-aligned.
    #[inline(always)]
    pub(crate) fn find(&self, bits: u32) -> Codeword {
        match self.lookup[(bits >> (32 - LOOKUP_BITS)) as usize] {
            Codeword { length: 0, .. } => self.search(bits),
            codeword => codeword,
        }
    }

    #[cold]
    fn search(&self, bits: u32) -> Codeword {
        let after = self.starts.partition_point(|&start| start <= bits);
        // The first codeword starts at 0, so `after` is at least 1.
        self.codewords[after.saturating_sub(1)]
    }
}

/// The codebook of differences between scale factors.
pub(crate) struct ScaleFactorCodebook(HuffmanTable);

impl ScaleFactorCodebook {
    pub(crate) fn new() -> Self {
        Self(HuffmanTable::new(&SCALE_FACTORS, |_| 0))
    }

    /// Reads the difference between a scale factor and the one before it, -60 to 60.
    #[inline]
    pub(crate) fn read(&self, bits: &mut BitReader<'_>) -> i32 {
        let codeword = self.0.find(bits.peek());
        bits.skip(codeword.length.into());
        i32::from(codeword.index) - 60
    }
}

#[cfg(test)]
mod tests {
    use super::super::codebooks::SPECTRAL;
    use super::*;

    fn all() -> impl Iterator<Item = &'static Codebook> {
        SPECTRAL.iter().chain([&SCALE_FACTORS])
    }

    #[test]
    fn each_code_is_complete() {
        for codebook in all() {
            let lengths = codebook.lengths.iter();
            let sum: u64 = lengths
                .map(|&(length, n)| (n as u64) << (32 - length))
                .sum();
            assert_eq!(sum, 1 << 32);
            assert!(codebook.lengths.is_sorted());
        }
    }

    #[test]
    fn each_index_has_one_codeword() {
        let known = [81, 81, 81, 81, 81, 81, 64, 64, 169, 169, 289, 121];
        for (codebook, count) in all().zip(known) {
            let codewords: usize = codebook.lengths.iter().map(|&(_, count)| count).sum();
            assert_eq!(codewords, count);
            let mut indices = codebook.indices.to_vec();
            indices.sort_unstable();
            assert!(indices.into_iter().eq(0..count as u16));
        }
    }

    #[test]
    fn lookup_and_search_find_the_same_codeword() {
        for codebook in all() {
            let table = HuffmanTable::new(codebook, |_| 0);
            for bits in (0..=u32::MAX).step_by(99_991) {
                assert_eq!(table.find(bits).index, table.search(bits).index);
            }
        }
    }
}
