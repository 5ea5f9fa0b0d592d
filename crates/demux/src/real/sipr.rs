//! The order of bits in blocks of Sipr (ACELP.net): a block consists of 96 groups of 4-bit
//! words, and some groups change places. The table was found by observation of a decoder.

/// Groups of a block.
const GROUPS: usize = 96;
/// The groups that change places.
const SWAPS: [(usize, usize); 38] = [
    (0, 63),
    (1, 22),
    (2, 44),
    (3, 90),
    (5, 81),
    (7, 31),
    (8, 86),
    (9, 58),
    (10, 36),
    (12, 68),
    (13, 39),
    (14, 73),
    (15, 53),
    (16, 69),
    (17, 57),
    (19, 88),
    (20, 34),
    (21, 71),
    (24, 46),
    (25, 94),
    (26, 54),
    (28, 75),
    (29, 50),
    (32, 70),
    (33, 92),
    (35, 74),
    (38, 85),
    (40, 56),
    (42, 87),
    (43, 65),
    (45, 59),
    (48, 79),
    (49, 93),
    (51, 89),
    (55, 95),
    (61, 76),
    (67, 83),
    (77, 80),
];

/// Bytes of a packet of a flavor: 6.5, 8.5, 5.0 and 16 kbit/s.
pub(super) fn packet_bytes(flavor: u16) -> Option<usize> {
    [29, 19, 37, 20].get(usize::from(flavor)).copied()
}

/// Restores the order of a block.
pub(super) fn restore(block: &mut [u8]) {
    let words = block.len() * 2 / GROUPS;
    for (one, other) in SWAPS {
        for word in 0..words {
            swap(block, one * words + word, other * words + word);
        }
    }
}

/// Swaps two words of 4 bits, the lower of each byte first.
fn swap(block: &mut [u8], one: usize, other: usize) {
    let (first, second) = (word(block, one), word(block, other));
    set(block, one, second);
    set(block, other, first);
}

fn word(block: &[u8], at: usize) -> u8 {
    let byte = block.get(at / 2).copied().unwrap_or(0);
    byte >> (at % 2 * 4) & 15
}

fn set(block: &mut [u8], at: usize, word: u8) {
    if let Some(byte) = block.get_mut(at / 2) {
        let shift = at % 2 * 4;
        *byte = *byte & !(15 << shift) | word << shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_an_odd_number_of_words_change_places() {
        // Three words to a group, each with the group's number modulo 16.
        let mut block = vec![0; GROUPS * 3 / 2];
        for at in 0..GROUPS * 3 {
            set(&mut block, at, (at / 3 % 16) as u8);
        }
        let original = block.clone();
        restore(&mut block);
        let group = |number: usize| [0, 1, 2].map(|at| word(&block, number * 3 + at));
        assert_eq!((group(0), group(63)), ([15; 3], [0; 3]));
        assert_eq!((group(4), group(77), group(80)), ([4; 3], [0; 3], [13; 3]));
        restore(&mut block);
        assert_eq!(block, original);
    }
}
