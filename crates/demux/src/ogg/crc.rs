//! The checksum of Ogg pages (RFC 3533, section 6): CRC-32 with the polynomial 0x04c11db7,
//! unreflected, from zero.

/// Tables for the remainders of a byte that 0 to 3 zero bytes follow.
static TABLES: [[u32; 256]; 4] = tables();

const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let mut value = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            let carry = value >> 31;
            value = (value << 1) ^ (carry * 0x04c1_1db7);
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut zeros = 1;
    while zeros < 4 {
        let mut byte = 0;
        while byte < 256 {
            let last = tables[zeros - 1][byte];
            tables[zeros][byte] = (last << 8) ^ tables[0][(last >> 24) as usize];
            byte += 1;
        }
        zeros += 1;
    }
    tables
}

/// Continues a checksum over more bytes.
pub(super) fn update(mut crc: u32, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    for &word in words {
        let [a, b, c, d] = (crc ^ u32::from_be_bytes(word)).to_be_bytes();
        crc = TABLES[3][usize::from(a)]
            ^ TABLES[2][usize::from(b)]
            ^ TABLES[1][usize::from(c)]
            ^ TABLES[0][usize::from(d)];
    }
    for &byte in rest {
        let index = usize::from((crc >> 24) as u8 ^ byte);
        crc = (crc << 8) ^ TABLES[0][index];
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_bytes_give_the_same_checksum() {
        let bytes: Vec<u8> = (0..1000u32).map(|n| (n * 37 + n / 7) as u8).collect();
        let by_bytes = bytes.iter().fold(0, |crc, &byte| update(crc, &[byte]));
        assert_eq!(update(0, &bytes), by_bytes);
        assert_eq!(update(update(0, &bytes[..333]), &bytes[333..]), by_bytes);
    }
}
