//! Reads bits, the most significant first.

use tonearm_media_core::Undecodable;

/// A cursor over the bits of a frame. Keeps up to 64 of them in a register.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Index of the next byte that is not in `cache`.
    next: usize,
    /// Bits, from the most significant on. Those after `count` are zero or the bits that
    /// follow, which are read again.
    cache: u64,
    count: u32,
}

type Result<T> = std::result::Result<T, Undecodable>;

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            next: 0,
            cache: 0,
            count: 0,
        }
    }

    /// Fills the register with at least 56 bits, or all that are left.
    #[inline]
    fn refill(&mut self) {
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        if let Some(&eight) = rest.first_chunk::<8>() {
            let taken = (63 - self.count) >> 3;
            self.cache |= u64::from_be_bytes(eight) >> self.count;
            self.next += taken as usize;
            self.count += taken * 8;
            return;
        }
        for &byte in rest {
            if self.count > 56 {
                break;
            }
            self.cache |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.next += 1;
        }
    }

    /// Up to 32 bits.
    #[inline]
    pub(super) fn read(&mut self, count: u32) -> Result<u32> {
        if count == 0 {
            return Ok(0);
        }
        if self.count < count {
            self.refill();
            if self.count < count {
                return Err(Undecodable);
            }
        }
        let value = self.cache >> (64 - count);
        self.consume(count);
        Ok(value as u32)
    }

    /// A signed number of up to 33 bits.
    #[inline]
    pub(super) fn signed(&mut self, count: u32) -> Result<i64> {
        let high = self.read(count.saturating_sub(32))?;
        let low = self.read(count.min(32))?;
        let value = u64::from(high) << 32 | u64::from(low);
        let unused = 64 - count;
        Ok((value << unused).cast_signed() >> unused)
    }

    /// The number of zeros before the next one, which is passed too.
    #[inline]
    pub(super) fn unary(&mut self) -> Result<u32> {
        let mut zeros = 0u32;
        loop {
            let found = self.cache.leading_zeros();
            if found < self.count {
                self.consume(found + 1);
                return Ok(zeros + found);
            }
            zeros += self.count;
            (self.cache, self.count) = (0, 0);
            self.refill();
            if self.count == 0 {
                return Err(Undecodable);
            }
        }
    }

    /// A number in Rice coding with a parameter of at most 30.
    #[inline]
    pub(super) fn rice(&mut self, parameter: u32) -> Result<i32> {
        if self.count < 40 {
            self.refill();
        }
        let zeros = self.cache.leading_zeros();
        let length = zeros + 1 + parameter;
        let (high, low) = if length <= self.count {
            // Shifts by less than 64: the length of the whole code is at most the count.
            let after = self.cache << zeros << 1;
            let low = after >> 1 >> (63 - parameter);
            self.consume(length);
            (zeros, low as u32)
        } else {
            let high = self.unary()?;
            (high, self.read(parameter)?)
        };
        let folded = high.wrapping_shl(parameter) | low;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    #[inline]
    fn consume(&mut self, count: u32) {
        self.cache <<= count;
        self.count -= count;
    }

    /// Bytes read so far; a byte counts when its first bit is read.
    pub(super) fn bytes_read(&self) -> usize {
        self.next - (self.count / 8) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_order() {
        let bytes: Vec<u8> = (0..40u8).map(|n| n.wrapping_mul(53)).collect();
        let all = |at: usize, count: usize| {
            (at..at + count).fold(0u64, |value, bit| {
                value << 1 | u64::from(bytes[bit / 8] >> (7 - bit % 8) & 1)
            })
        };
        let mut bits = Bits::new(&bytes);
        let mut at = 0;
        for count in [1, 32, 7, 0, 13, 31, 32, 32, 5, 16, 32, 29, 32, 1] {
            assert_eq!(
                u64::from(bits.read(count).unwrap()),
                all(at, count as usize)
            );
            at += count as usize;
            assert_eq!(bits.bytes_read(), at.div_ceil(8));
        }
        assert!(bits.read(32).is_ok());
        assert!(bits.read(32).is_err());
    }

    #[test]
    fn signed_numbers_have_up_to_33_bits() {
        let mut bits = Bits::new(&[0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(bits.signed(33), Ok(-(1 << 32)));
        assert_eq!(bits.signed(32), Ok(-1));
        assert_eq!(bits.signed(5), Ok(-1));
    }

    #[test]
    fn rice_codes_of_any_length_are_read() {
        // Zeros: 2, 70, 0. Parameters: 3, 0, 2.
        let mut text = String::from("001101");
        text += &"0".repeat(70);
        text += "1";
        text += "110";
        let bytes: Vec<u8> = text
            .as_bytes()
            .chunks(8)
            .map(|eight| {
                let bits = eight.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
                bits << (8 - eight.len())
            })
            .collect();
        let mut bits = Bits::new(&bytes);
        assert_eq!(bits.rice(3), Ok(-11));
        assert_eq!(bits.rice(0), Ok(35));
        assert_eq!(bits.rice(2), Ok(1));
        assert!(bits.unary().is_err());
    }
}
