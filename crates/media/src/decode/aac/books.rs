//! Going past Huffman code words without looking at what they stand for.

use super::bits::Bits;
use super::codes::{Code, SCALE_FACTORS, SPECTRUM};

/// Bits that the quick table is asked with.
const ASKED: u32 = 10;

/// One code.
pub(super) struct Book {
    words: Vec<Word>,
    /// By the next bits, the whole code words among them.
    quick: Box<[Step; 1 << ASKED]>,
    /// And which word the first is.
    first: Box<[u16; 1 << ASKED]>,
}

/// Code words gone past at once.
#[derive(Clone, Copy, Default)]
struct Step {
    /// How many; 0 where it takes a look at the [`Word`].
    words: u8,
    /// Their bits, signs included.
    bits: u8,
}

/// A code word.
#[derive(Clone, Copy)]
struct Word {
    /// Its bits, from the highest on.
    start: u32,
    length: u32,
    signs: u32,
    escapes: u32,
}

/// All codes.
pub(super) struct Books {
    pub(super) scale_factors: Book,
    spectrum: [Book; 11],
}

impl Books {
    pub(super) fn new() -> Self {
        Self {
            scale_factors: Book::new(&SCALE_FACTORS),
            spectrum: SPECTRUM.each_ref().map(Book::new),
        }
    }

    /// Of a spectral codebook, 1 to 11, and how many values a code word of it has.
    pub(super) fn spectrum(&self, number: u32) -> Option<(&Book, u32)> {
        let book = self.spectrum.get(number.checked_sub(1)? as usize)?;
        Some((book, if number <= 4 { 4 } else { 2 }))
    }
}

impl Book {
    fn new(code: &Code) -> Self {
        let mut book = Self {
            words: words(code),
            quick: Box::new([Step::default(); 1 << ASKED]),
            first: Box::new([LONGER; 1 << ASKED]),
        };
        let mut slots = book.first.iter_mut();
        for (number, word) in (0..).zip(&book.words) {
            let count = (1 << ASKED) >> word.length;
            slots.by_ref().take(count).for_each(|slot| *slot = number);
        }
        for asked in 0..1 << ASKED {
            book.quick[asked] = book.step(asked);
        }
        book
    }

    /// The whole code words at the beginning of `asked`. Their signs may reach beyond.
    fn step(&self, asked: usize) -> Step {
        let mut step = Step::default();
        let mut at = 0;
        while at < ASKED {
            let first = self.first[asked << at & ((1 << ASKED) - 1)];
            match self.words.get(usize::from(first)) {
                Some(word) if word.escapes == 0 && at + word.length <= ASKED => {
                    at += word.length + word.signs;
                    step.words += 1;
                }
                _ => break,
            }
        }
        step.bits = at as u8;
        step
    }

    /// Goes past `count` code words, their signs and escape sequences; `None` where an
    /// escape sequence is longer than there can be.
    #[inline]
    pub(super) fn pass(&self, bits: &mut Bits<'_>, count: u32) -> Option<()> {
        let mut count = count;
        while count > 0 {
            let asked = (bits.window() >> (32 - ASKED)) as usize;
            let step = self.quick[asked];
            let words = u32::from(step.words);
            if words > 0 && words <= count {
                bits.pass(step.bits.into());
                count -= words;
            } else {
                self.pass_one(bits, asked)?;
                count -= 1;
            }
        }
        Some(())
    }

    fn pass_one(&self, bits: &mut Bits<'_>, asked: usize) -> Option<()> {
        let first = usize::from(self.first[asked]);
        let word = match self.words.get(first) {
            Some(word) => word,
            None => {
                let window = bits.window();
                let after = self.words.partition_point(|word| word.start <= window);
                // The first begins with 0, so there is one before.
                &self.words[after.saturating_sub(1)]
            }
        };
        bits.pass(word.length + word.signs);
        for _ in 0..word.escapes {
            // So many ones, a zero, and four bits more than there were ones.
            let ones = bits.window().leading_ones();
            if ones > 8 {
                return None;
            }
            bits.pass(ones + 1 + ones + 4);
        }
        Some(())
    }
}

/// In place of a word's number: it is longer than what was asked with.
const LONGER: u16 = u16::MAX;

fn words(code: &Code) -> Vec<Word> {
    let lengths = code.lengths.iter();
    let lengths = lengths.flat_map(|&(length, count)| std::iter::repeat_n(length, count));
    let signs = code.signs.bytes().chain(std::iter::repeat(b'0'));
    let mut start = 0u32;
    lengths
        .zip(signs)
        .map(|(length, signs)| {
            let (signs, escapes) = match signs {
                b'a' => (1, 1),
                b'b' => (2, 1),
                b'c' => (2, 2),
                digit => (u32::from(digit - b'0'), 0),
            };
            let word = Word {
                start,
                length,
                signs,
                escapes,
            };
            // The last ends where 32 bits do.
            start = start.wrapping_add(1 << (32 - length));
            word
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::bits::Words;
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
    fn each_code_has_as_many_words_as_there_are_values() {
        let counts = all().map(|code| words(code).len());
        let known = [81, 81, 81, 81, 81, 81, 64, 64, 169, 169, 289, 121];
        assert!(counts.eq(known));
        for code in all().filter(|code| !code.signs.is_empty()) {
            assert_eq!(code.signs.len(), words(code).len());
        }
    }

    /// As many values of 16 as the standard has: 33 pairs have one in them or two.
    #[test]
    fn signs_and_escapes_are_those_of_all_values() {
        let signs = |number: usize| -> u32 {
            words(&SPECTRUM[number - 1])
                .iter()
                .map(|word| word.signs)
                .sum()
        };
        // Of n values each place has n - 1 that are not 0.
        assert_eq!([3, 4].map(signs), [81 / 3 * 2 * 4; 2]);
        assert_eq!([7, 8].map(signs), [64 / 8 * 7 * 2; 2]);
        assert_eq!([9, 10].map(signs), [169 / 13 * 12 * 2; 2]);
        assert_eq!(signs(11), 289 / 17 * 16 * 2);
        let escapes: u32 = words(&SPECTRUM[10]).iter().map(|word| word.escapes).sum();
        assert_eq!(escapes, 34);
    }

    /// One at a time and several at once come to the same place.
    #[test]
    fn the_quick_way_is_the_slow_way() {
        let mut seed = 1u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .take(4000)
        .collect();
        let mut words = Words::default();
        words.fill(&noise);
        let books = Books::new();
        for number in 1..=11 {
            let (book, _) = books.spectrum(number).unwrap();
            let mut slow = Bits::new(&words);
            for count in 1..400 {
                let asked = (slow.window() >> (32 - ASKED)) as usize;
                let is_fine = book.pass_one(&mut slow, asked).is_some();
                let mut quick = Bits::new(&words);
                assert_eq!(book.pass(&mut quick, count).is_some(), is_fine);
                if !is_fine {
                    break;
                }
                assert_eq!(quick.position(), slow.position(), "{number}: {count}");
            }
        }
    }
}
