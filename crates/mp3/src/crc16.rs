//! The CRC-16 of LAME's tag: CRC-16/ARC, of parts that are joined later.

use crc::{CRC_16_ARC, Crc};

const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_ARC);

/// The CRC of more bytes after those of `crc`. The CRC of no bytes is 0.
pub(crate) fn update(crc: u16, bytes: &[u8]) -> u16 {
    // The initial value is given unreflected.
    let mut digest = CRC.digest_with_initial(crc.reverse_bits());
    digest.update(bytes);
    digest.finalize()
}

/// The CRC of two parts from the CRC of each, and the length of the second in bytes.
pub(crate) fn combine(first: u16, second: u16, second_length: u64) -> u16 {
    append_zeros(first, second_length) ^ second
}

/// The CRC after `count` zero bytes. One zero byte is a linear map of the CRC, so `count`
/// of them are a power of its matrix.
fn append_zeros(mut crc: u16, mut count: u64) -> u16 {
    let apply = |matrix: &[u16; 16], value: u16| {
        (0..16).fold(0, |sum, bit| {
            sum ^ if value >> bit & 1 == 1 {
                matrix[bit]
            } else {
                0
            }
        })
    };
    let mut matrix: [u16; 16] = std::array::from_fn(|bit| update(1 << bit, &[0]));
    while count > 0 {
        if count & 1 == 1 {
            crc = apply(&matrix, crc);
        }
        matrix = std::array::from_fn(|bit| apply(&matrix, matrix[bit]));
        count >>= 1;
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_is_that_of_crc_16_arc() {
        assert_eq!(update(0, b"123456789"), 0xbb3d);
    }

    #[test]
    fn parts_combine_to_the_crc_of_the_whole() {
        let bytes: Vec<u8> = (0..700u32).map(|n| ((n * n) >> 3) as u8).collect();
        for at in [0, 1, 2, 255, 256, 699, 700] {
            let (first, second) = bytes.split_at(at);
            let whole = update(0, &bytes);
            assert_eq!(update(update(0, first), second), whole);
            let crcs = (update(0, first), update(0, second));
            assert_eq!(combine(crcs.0, crcs.1, second.len() as u64), whole);
        }
    }
}
