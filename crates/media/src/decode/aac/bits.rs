//! Bits of a packet, most significant first, through a window of 64 of them.

/// A reader of bits. Past the end there are zeros without end: whoever reads compares
/// [`position`](Self::position) with the length.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The byte that comes into the window next.
    next: usize,
    /// Bits that were not read, from the highest on; zeros behind them.
    window: u64,
    /// How many.
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            next: 0,
            window: 0,
            left: 0,
        }
    }

    /// The window with at least 33 bits in it.
    #[inline(always)]
    pub(super) fn window(&mut self) -> u64 {
        if self.left <= 32 {
            let rest = self.bytes.get(self.next..).unwrap_or_default();
            let word = match rest.first_chunk() {
                Some(&word) => word,
                None => padded(rest),
            };
            self.window |= u64::from(u32::from_be_bytes(word)) << (32 - self.left);
            self.left += 32;
            self.next += 4;
        }
        self.window
    }

    /// Goes on by `count` bits, at most as many as the window was seen to have.
    #[inline(always)]
    pub(super) fn pass(&mut self, count: u32) {
        self.window <<= count;
        self.left -= count;
    }

    /// The next `count` bits, 1 to 32.
    #[inline]
    pub(super) fn read(&mut self, count: u32) -> u32 {
        let value = self.window() >> (64 - count);
        self.pass(count);
        value as u32
    }

    /// The next bit.
    pub(super) fn flag(&mut self) -> bool {
        self.read(1) == 1
    }

    /// Bits that were read.
    pub(super) fn position(&self) -> usize {
        self.next * 8 - self.left as usize
    }

    /// Goes to a bit.
    pub(super) fn seek(&mut self, position: usize) {
        *self = Self {
            bytes: self.bytes,
            next: position / 8,
            window: 0,
            left: 0,
        };
        self.window();
        self.pass((position % 8) as u32);
    }
}

#[cold]
fn padded(rest: &[u8]) -> [u8; 4] {
    let mut word = [0; 4];
    for (slot, &byte) in word.iter_mut().zip(rest) {
        *slot = byte;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_and_zeros_after_them() {
        let bytes: Vec<u8> = (0..11u8).map(|n| n.wrapping_mul(83)).collect();
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        for start in 0..80 {
            let mut bits = Bits::new(&bytes);
            bits.seek(start);
            let mut at = start;
            for count in [1, 7, 32, 3, 20, 32, 1] {
                assert_eq!(bits.position(), at);
                let expected = (at..at + count as usize).fold(0u32, |sum, at| {
                    sum << 1 | u32::from(bit(at))
                });
                assert_eq!(bits.read(count), expected);
                at += count as usize;
            }
        }
    }
}
