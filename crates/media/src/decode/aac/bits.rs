//! Bits of a packet, most significant first.

/// A packet as big-endian words.
#[derive(Default)]
pub(super) struct Words(Vec<u32>);

impl Words {
    /// Replaces them by those of `bytes`, whose last word is filled up with zeros.
    pub(super) fn fill(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        self.0.clear();
        self.0
            .extend(words.iter().map(|&word| u32::from_be_bytes(word)));
        let mut last = [0; 4];
        for (slot, &byte) in last.iter_mut().zip(rest) {
            *slot = byte;
        }
        // One more, so that there are two wherever something is read.
        self.0.extend([u32::from_be_bytes(last), 0]);
    }
}

/// A reader of bits. Past the end there are zeros without end: whoever reads compares
/// [`position`](Self::position) with the length.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    words: &'a [u32],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(words: &'a Words) -> Self {
        Self {
            words: &words.0,
            at: 0,
        }
    }

    /// The next 32 bits, and zeros behind them.
    #[inline(always)]
    pub(super) fn window(&self) -> u32 {
        match self.words.get(self.at / 32..self.at / 32 + 2) {
            Some(&[first, second]) => {
                let both = u64::from(first) << 32 | u64::from(second);
                (both << (self.at % 32) >> 32) as u32
            }
            _ => 0,
        }
    }

    /// Goes on by `count` bits.
    #[inline(always)]
    pub(super) fn pass(&mut self, count: u32) {
        self.at += count as usize;
    }

    /// The next `count` bits, 1 to 32.
    #[inline]
    pub(super) fn read(&mut self, count: u32) -> u32 {
        let value = self.window() >> (32 - count);
        self.pass(count);
        value
    }

    /// The next bit.
    pub(super) fn flag(&mut self) -> bool {
        self.read(1) == 1
    }

    /// Bits that were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes to a bit.
    pub(super) fn seek(&mut self, position: usize) {
        self.at = position;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_and_zeros_after_them() {
        let mut words = Words::default();
        let bytes: Vec<u8> = (0..11u8).map(|n| n.wrapping_mul(83)).collect();
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        words.fill(&bytes);
        for start in 0..80 {
            let mut bits = Bits::new(&words);
            bits.seek(start);
            let mut at = start;
            for count in [1, 7, 32, 3, 20, 32, 1] {
                assert_eq!(bits.position(), at);
                let expected =
                    (at..at + count as usize).fold(0u32, |sum, at| sum << 1 | u32::from(bit(at)));
                assert_eq!(bits.read(count), expected);
                at += count as usize;
            }
        }
    }
}
