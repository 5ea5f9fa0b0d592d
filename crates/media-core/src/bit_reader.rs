//! Reads the bits of a slice, most significant first.

/// A reader of bits. Its methods return `None` past the end.
pub struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    /// Starts at the first bit.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` bits, at most 32.
    pub fn read(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// The next bit.
    pub fn flag(&mut self) -> Option<bool> {
        self.read(1).map(|bit| bit == 1)
    }

    /// Number of bits that were read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Appends the next `count` bytes to `out`.
    pub fn bytes(&mut self, count: usize, out: &mut Vec<u8>) -> Option<()> {
        let (start, shift) = (self.at / 8, self.at % 8);
        let source = self
            .bytes
            .get(start..start + count + usize::from(shift > 0))?;
        if shift == 0 {
            out.extend_from_slice(source);
        } else {
            out.extend(
                source
                    .windows(2)
                    .map(|pair| pair[0] << shift | pair[1] >> (8 - shift)),
            );
        }
        self.at += count * 8;
        Some(())
    }
}
