//! Spectral codebooks: Huffman codewords that stand for two or four coefficients
//! (ISO/IEC 14496-3, 4.6.1 and 4.6.3).

use super::bit_reader::BitReader;
use super::codebooks::{Codebook, SPECTRAL};
use super::huffman::{Codeword, HuffmanTable};

/// The largest value of codebook 11. It announces an escape sequence.
const ESCAPE: u16 = 16;

/// The coefficients of one codeword, before scaling.
#[derive(Clone, Copy)]
struct Tuple<const N: usize> {
    coefficients: [f32; N],
    /// Multiplied by this, the bits after the codeword have the coefficient's sign in
    /// their highest bit. 0 where a coefficient has no sign bit.
    sign_shifts: [u32; N],
}

/// A codebook with `N` coefficients per codeword.
pub(crate) struct SpectralCodebook<const N: usize> {
    table: HuffmanTable,
    /// By the index of the codeword.
    tuples: Vec<Tuple<N>>,
}

impl<const N: usize> SpectralCodebook<N> {
    /// For quantized values from `-lowest` to `highest`. Where `lowest` is 0, the signs
    /// of the values follow the codeword.
    fn new(codebook: &Codebook, lowest: u16, highest: u16) -> Self {
        let base = lowest + highest + 1;
        let tuple = |index: u16| -> Tuple<N> {
            let mut tuple = Tuple {
                coefficients: [0.0; N],
                sign_shifts: [0; N],
            };
            let mut rest = index;
            let mut quantized = [0u16; N];
            for value in quantized.iter_mut().rev() {
                *value = rest % base;
                rest /= base;
            }
            let mut sign_shift = 1;
            for (at, value) in quantized.into_iter().enumerate() {
                tuple.coefficients[at] = match value.checked_sub(lowest) {
                    Some(value) => dequantize(value),
                    None => -dequantize(lowest - value),
                };
                if lowest == 0 && value > 0 {
                    tuple.sign_shifts[at] = sign_shift;
                    sign_shift *= 2;
                }
            }
            tuple
        };
        let count = codebook.indices.len() as u16;
        let sign_bits = |index| {
            let shifts = tuple(index).sign_shifts;
            shifts.iter().filter(|&&shift| shift > 0).count() as u8
        };
        Self {
            table: HuffmanTable::new(codebook, sign_bits),
            tuples: (0..count).map(tuple).collect(),
        }
    }

    /// Fills `coefficients`, each multiplied by `scale`.
    #[inline]
    pub(crate) fn read(&self, bits: &mut BitReader<'_>, scale: f32, coefficients: &mut [f32]) {
        // A local copy stays in registers.
        let mut reader = *bits;
        let (tuples, _) = coefficients.as_chunks_mut::<N>();
        for tuple in tuples {
            let next = reader.peek();
            let codeword = self.table.find(next);
            reader.skip(codeword.total_bits.into());
            *tuple = self.tuple(codeword, next, scale);
        }
        *bits = reader;
    }

    #[inline(always)]
    fn tuple(&self, codeword: Codeword, bits: u32, scale: f32) -> [f32; N] {
        const SIGN: u32 = 1 << 31;
        let signs = bits << codeword.length;
        let tuple = &self.tuples[usize::from(codeword.index)];
        std::array::from_fn(|at| {
            let sign = signs.wrapping_mul(tuple.sign_shifts[at]) & SIGN;
            f32::from_bits((tuple.coefficients[at] * scale).to_bits() ^ sign)
        })
    }
}

/// The absolute coefficient of a quantized value, before scaling.
fn dequantize(value: u16) -> f32 {
    f32::from(value).powf(4.0 / 3.0)
}

/// Codebook 11, whose values can exceed those of its codewords.
pub(crate) struct EscapeCodebook {
    pairs: SpectralCodebook<2>,
    /// By quantized value.
    dequantized: Box<[f32; 1 << 13]>,
}

impl EscapeCodebook {
    fn new(codebook: &Codebook) -> Self {
        let mut dequantized = Box::new([0.0; 1 << 13]);
        for (value, slot) in (0..).zip(dequantized.iter_mut()) {
            *slot = dequantize(value);
        }
        Self {
            pairs: SpectralCodebook::new(codebook, 0, ESCAPE),
            dequantized,
        }
    }

    /// As [`SpectralCodebook::read`]; `None` where an escape sequence is too long.
    #[inline]
    pub(crate) fn read(
        &self,
        bits: &mut BitReader<'_>,
        scale: f32,
        coefficients: &mut [f32],
    ) -> Option<()> {
        let mut reader = *bits;
        let (pairs, _) = coefficients.as_chunks_mut::<2>();
        for pair in pairs {
            let next = reader.peek();
            let codeword = self.pairs.table.find(next);
            reader.skip(codeword.total_bits.into());
            *pair = self.pairs.tuple(codeword, next, scale);
            let index = codeword.index;
            let (first, second) = (index / (ESCAPE + 1), index % (ESCAPE + 1));
            if first == ESCAPE || second == ESCAPE {
                for (coefficient, value) in pair.iter_mut().zip([first, second]) {
                    if value == ESCAPE {
                        let size = self.dequantized[read_escape(&mut reader)?];
                        *coefficient = (size * scale).copysign(*coefficient);
                    }
                }
            }
        }
        *bits = reader;
        Some(())
    }
}

/// Reads an escape sequence: N ones, a zero, and the N + 4 low bits of a value whose
/// highest bit is 1. The value has at most 13 bits.
fn read_escape(bits: &mut BitReader<'_>) -> Option<usize> {
    let ones = bits.peek().leading_ones();
    if ones > 8 {
        return None;
    }
    bits.skip(ones + 1);
    Some((1 << (ones + 4) | bits.read(ones + 4)) as usize)
}

/// Codebooks 1 to 11.
pub(crate) struct SpectralCodebooks {
    /// Codebooks 1 to 4.
    pub(crate) quads: [SpectralCodebook<4>; 4],
    /// Codebooks 5 to 10.
    pub(crate) pairs: [SpectralCodebook<2>; 6],
    /// Codebook 11.
    pub(crate) escape: EscapeCodebook,
}

impl SpectralCodebooks {
    pub(crate) fn new() -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k] = &SPECTRAL;
        Self {
            quads: [
                SpectralCodebook::new(a, 1, 1),
                SpectralCodebook::new(b, 1, 1),
                SpectralCodebook::new(c, 0, 2),
                SpectralCodebook::new(d, 0, 2),
            ],
            pairs: [
                SpectralCodebook::new(e, 4, 4),
                SpectralCodebook::new(f, 4, 4),
                SpectralCodebook::new(g, 0, 7),
                SpectralCodebook::new(h, 0, 7),
                SpectralCodebook::new(i, 0, 12),
                SpectralCodebook::new(j, 0, 12),
            ],
            escape: EscapeCodebook::new(k),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bit_reader::BitBuffer;
    use super::*;

    #[test]
    fn an_escape_sequence_has_the_length_that_its_prefix_announces() {
        let mut buffer = BitBuffer::default();
        let mut read = |bytes: &[u8]| {
            buffer.fill(bytes);
            let mut bits = BitReader::new(&buffer);
            read_escape(&mut bits).map(|value| (value, bits.position()))
        };
        assert_eq!(read(&[0b0010_1000]), Some((16 + 5, 5)));
        assert_eq!(read(&[0b1100_0000, 0b1000_0000]), Some((64 + 1, 9)));
        assert_eq!(read(&[0xff, 0x7f, 0xff]), Some((8191, 21)));
        assert_eq!(read(&[0xff, 0x80, 0]), None);
    }
}
