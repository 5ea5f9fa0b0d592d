//! A bit reader, most significant bit first.

/// A block as big-endian words, zero-padded so that two words can be loaded at any bit
/// of the block.
#[derive(Default)]
pub(crate) struct BitBuffer(Vec<u32>);

impl BitBuffer {
    /// Replaces the content by `bytes`.
    pub(crate) fn fill(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        self.0.clear();
        self.0
            .extend(words.iter().map(|&word| u32::from_be_bytes(word)));
        let mut last = [0; 4];
        for (slot, &byte) in last.iter_mut().zip(rest) {
            *slot = byte;
        }
        self.0.extend([u32::from_be_bytes(last), 0]);
    }
}

/// Reads bits of a [`BitBuffer`]. Past the end it returns zeros for ever: the caller
/// compares [`position`](Self::position) with the length of the block.
#[derive(Clone, Copy)]
pub(crate) struct BitReader<'a> {
    words: &'a [u32],
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(buffer: &'a BitBuffer) -> Self {
        Self {
            words: &buffer.0,
            position: 0,
        }
    }

    /// The next 32 bits, without consuming them.
    #[inline(always)]
    pub(crate) fn peek(&self) -> u32 {
        match self.words.get(self.position / 32..self.position / 32 + 2) {
            Some(&[first, second]) => {
                let both = u64::from(first) << 32 | u64::from(second);
                (both << (self.position % 32) >> 32) as u32
            }
            _ => 0,
        }
    }

    /// Skips `count` bits.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: u32) {
        self.position += count as usize;
    }

    /// Reads `count` bits, 1 to 32.
    #[inline]
    pub(crate) fn read(&mut self, count: u32) -> u32 {
        let value = self.peek() >> (32 - count);
        self.skip(count);
        value
    }

    /// Reads one bit.
    pub(crate) fn read_flag(&mut self) -> bool {
        self.read(1) == 1
    }

    /// Bits consumed so far.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Continues at bit `position`.
    pub(crate) fn seek(&mut self, position: usize) {
        self.position = position;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_and_zeros_follow_them() {
        let mut buffer = BitBuffer::default();
        let bytes: Vec<u8> = (0..11u8).map(|n| n.wrapping_mul(83)).collect();
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        buffer.fill(&bytes);
        for start in 0..80 {
            let mut bits = BitReader::new(&buffer);
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
