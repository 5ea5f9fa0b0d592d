//! Huffman code words and the values they stand for (ISO/IEC 14496-3, 4.6.1 and 4.6.3).

use super::bits::Bits;
use super::codes::{Code, SCALE_FACTORS, SPECTRUM};

/// Bits that the quick table is asked with.
const ASKED: u32 = 10;

/// In place of an index: the word is longer than what was asked with.
const LONGER: Word = Word {
    index: 0,
    length: 0,
    bits: 0,
};

/// The largest value that a code word of the eleventh codebook stands for; it tells that
/// an escape sequence follows.
const ESCAPE: u16 = 16;

/// A code word.
#[derive(Clone, Copy)]
struct Word {
    /// Its index in the standard's table.
    index: u16,
    length: u8,
    /// Its length with the signs behind it.
    bits: u8,
}

/// The words of a code.
struct Words {
    /// Where each begins among all numbers of 32 bits.
    starts: Vec<u32>,
    all: Vec<Word>,
    /// By the next bits.
    quick: Box<[Word; 1 << ASKED]>,
}

impl Words {
    /// `signs` tells how many of them follow the word of an index.
    fn new(code: &Code, signs: impl Fn(u16) -> u8) -> Self {
        let mut words = Self {
            starts: Vec::new(),
            all: Vec::new(),
            quick: Box::new([LONGER; 1 << ASKED]),
        };
        let lengths = code.lengths.iter();
        let lengths = lengths.flat_map(|&(length, count)| std::iter::repeat_n(length, count));
        let mut start = 0u32;
        let mut quick = words.quick.iter_mut();
        for (length, &index) in lengths.zip(code.values) {
            let word = Word {
                index,
                length: length as u8,
                bits: length as u8 + signs(index),
            };
            words.starts.push(start);
            words.all.push(word);
            // The last ends where 32 bits do.
            start = start.wrapping_add(1 << (32 - length));
            let slots = quick.by_ref().take((1 << ASKED) >> length);
            slots.for_each(|slot| *slot = word);
        }
        words
    }

    /// The word that these bits begin with.
    #[inline(always)]
    fn find(&self, window: u32) -> Word {
        match self.quick[(window >> (32 - ASKED)) as usize] {
            Word { length: 0, .. } => self.find_longer(window),
            word => word,
        }
    }

    #[cold]
    fn find_longer(&self, window: u32) -> Word {
        let after = self.starts.partition_point(|&start| start <= window);
        // The first begins with 0, so there is one before.
        self.all[after.saturating_sub(1)]
    }
}

/// What a code word stands for: so many lines of a spectrum.
#[derive(Clone, Copy)]
struct Values<const N: usize> {
    lines: [f32; N],
    /// What brings the sign of each, among those behind the word, to the highest bit. 0
    /// where there is none.
    signs: [u32; N],
}

/// A code of `N` lines a word.
pub(super) struct Book<const N: usize> {
    words: Words,
    values: Vec<Values<N>>,
}

impl<const N: usize> Book<N> {
    /// Of a code whose values go from 0, or `-least`, up to `most`.
    fn new(code: &Code, least: u16, most: u16) -> Self {
        let choices = least + most + 1;
        let values = |index: u16| -> Values<N> {
            let mut values = Values {
                lines: [0.0; N],
                signs: [0; N],
            };
            let mut rest = index;
            let mut quantized = [0u16; N];
            for value in quantized.iter_mut().rev() {
                *value = rest % choices;
                rest /= choices;
            }
            let mut sign = 1;
            for (at, value) in quantized.into_iter().enumerate() {
                values.lines[at] = match value.checked_sub(least) {
                    Some(value) => dequantized(value),
                    None => -dequantized(least - value),
                };
                if least == 0 && value > 0 {
                    values.signs[at] = sign;
                    sign *= 2;
                }
            }
            values
        };
        let count = code.values.len() as u16;
        let signs = |index| values(index).signs.iter().filter(|&&sign| sign > 0).count() as u8;
        Self {
            words: Words::new(code, signs),
            values: (0..count).map(values).collect(),
        }
    }

    /// Reads as many lines as there is room for, each times `scale`.
    #[inline]
    pub(super) fn read(&self, bits: &mut Bits<'_>, scale: f32, lines: &mut [f32]) {
        // A copy of its own, which stays in registers.
        let mut here = *bits;
        let (pieces, _) = lines.as_chunks_mut::<N>();
        for piece in pieces {
            let window = here.window();
            let word = self.words.find(window);
            here.pass(word.bits.into());
            *piece = self.lines(word, window, scale);
        }
        *bits = here;
    }

    #[inline(always)]
    fn lines(&self, word: Word, window: u32, scale: f32) -> [f32; N] {
        const SIGN: u32 = 1 << 31;
        let signs = window << word.length;
        let values = &self.values[usize::from(word.index)];
        std::array::from_fn(|at| {
            let sign = signs.wrapping_mul(values.signs[at]) & SIGN;
            f32::from_bits((values.lines[at] * scale).to_bits() ^ sign)
        })
    }
}

/// What a quantized value stands for, before it is scaled.
fn dequantized(value: u16) -> f32 {
    f32::from(value).powf(4.0 / 3.0)
}

/// The eleventh codebook, whose values may be larger than its words tell.
pub(super) struct EscapeBook {
    pairs: Book<2>,
    /// Of every value that there is.
    dequantized: Box<[f32; 1 << 13]>,
}

impl EscapeBook {
    fn new(code: &Code) -> Self {
        let mut large = Box::new([0.0; 1 << 13]);
        for (value, slot) in (0..).zip(large.iter_mut()) {
            *slot = dequantized(value);
        }
        Self {
            pairs: Book::new(code, 0, ESCAPE),
            dequantized: large,
        }
    }

    /// As [`Book::read`]; `None` where an escape sequence is longer than there can be.
    #[inline]
    pub(super) fn read(&self, bits: &mut Bits<'_>, scale: f32, lines: &mut [f32]) -> Option<()> {
        let mut here = *bits;
        let (pieces, _) = lines.as_chunks_mut::<2>();
        for piece in pieces {
            let window = here.window();
            let word = self.pairs.words.find(window);
            here.pass(word.bits.into());
            *piece = self.pairs.lines(word, window, scale);
            let (first, second) = (word.index / (ESCAPE + 1), word.index % (ESCAPE + 1));
            if first == ESCAPE || second == ESCAPE {
                for (line, value) in piece.iter_mut().zip([first, second]) {
                    if value == ESCAPE {
                        let size = self.dequantized[escape(&mut here)?];
                        *line = (size * scale).copysign(*line);
                    }
                }
            }
        }
        *bits = here;
        Some(())
    }
}

/// The value of an escape sequence, at most 13 bits: so many ones, a zero, and four bits
/// more than there were ones, which follow a one of their own.
fn escape(bits: &mut Bits<'_>) -> Option<usize> {
    let ones = bits.window().leading_ones();
    if ones > 8 {
        return None;
    }
    bits.pass(ones + 1);
    Some((1 << (ones + 4) | bits.read(ones + 4)) as usize)
}

/// All codes.
pub(super) struct Books {
    scale_factors: Words,
    pub(super) quads: [Book<4>; 4],
    pub(super) pairs: [Book<2>; 6],
    pub(super) escapes: EscapeBook,
}

impl Books {
    pub(super) fn new() -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k] = &SPECTRUM;
        Self {
            scale_factors: Words::new(&SCALE_FACTORS, |_| 0),
            quads: [
                Book::new(a, 1, 1),
                Book::new(b, 1, 1),
                Book::new(c, 0, 2),
                Book::new(d, 0, 2),
            ],
            pairs: [
                Book::new(e, 4, 4),
                Book::new(f, 4, 4),
                Book::new(g, 0, 7),
                Book::new(h, 0, 7),
                Book::new(i, 0, 12),
                Book::new(j, 0, 12),
            ],
            escapes: EscapeBook::new(k),
        }
    }

    /// The difference of a scale factor from the one before.
    #[inline]
    pub(super) fn scale_factor(&self, bits: &mut Bits<'_>) -> i32 {
        let word = self.scale_factors.find(bits.window());
        bits.pass(word.length.into());
        i32::from(word.index) - 60
    }
}

#[cfg(test)]
mod tests {
    use super::super::bits;
    use super::*;

    fn all() -> impl Iterator<Item = &'static Code> {
        SPECTRUM.iter().chain([&SCALE_FACTORS])
    }

    #[test]
    fn each_code_is_complete() {
        for code in all() {
            let lengths = code.lengths.iter();
            let sum: u64 = lengths
                .map(|&(length, n)| (n as u64) << (32 - length))
                .sum();
            assert_eq!(sum, 1 << 32);
            assert!(code.lengths.is_sorted());
        }
    }

    #[test]
    fn each_value_has_one_word() {
        let known = [81, 81, 81, 81, 81, 81, 64, 64, 169, 169, 289, 121];
        for (code, count) in all().zip(known) {
            let words: usize = code.lengths.iter().map(|&(_, count)| count).sum();
            assert_eq!(words, count);
            let mut values = code.values.to_vec();
            values.sort_unstable();
            assert!(values.into_iter().eq(0..count as u16));
        }
    }

    #[test]
    fn the_quick_way_is_the_slow_way() {
        for code in all() {
            let words = Words::new(code, |_| 0);
            for window in (0..=u32::MAX).step_by(99_991) {
                let (quick, slow) = (words.find(window), words.find_longer(window));
                assert_eq!(quick.index, slow.index);
            }
        }
    }

    #[test]
    fn an_escape_sequence_is_as_long_as_it_says() {
        let mut words = bits::Words::default();
        let mut read = |bytes: &[u8]| {
            words.fill(bytes);
            let mut bits = Bits::new(&words);
            escape(&mut bits).map(|value| (value, bits.position()))
        };
        assert_eq!(read(&[0b0010_1000]), Some((16 + 5, 5)));
        assert_eq!(read(&[0b1100_0000, 0b1000_0000]), Some((64 + 1, 9)));
        assert_eq!(read(&[0xff, 0x7f, 0xff]), Some((8191, 21)));
        assert_eq!(read(&[0xff, 0x80, 0]), None);
    }
}
