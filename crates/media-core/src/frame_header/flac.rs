//! The header of FLAC frames (RFC 9639, section 9.1), and the checksums of FLAC.

/// Rate, channels and width of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// Sample rate in Hz.
    pub rate: u32,
    /// Number of channels, 1 to 8.
    pub channels: u8,
    /// Bits of a sample, 4 to 32.
    pub bits: u8,
}

/// How the two channels of a stereo frame are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stereo {
    /// Each channel for itself.
    Independent,
    /// Left, and left minus right.
    LeftSide,
    /// Left minus right, and right.
    SideRight,
    /// The mean, and left minus right.
    MidSide,
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Samples per channel.
    pub samples: u32,
    /// The format. Fields that the frame leaves to STREAMINFO come from there.
    pub format: Format,
    /// How two channels are stored.
    pub stereo: Stereo,
    /// Whether frames have different lengths; `number` then counts samples, else frames.
    pub is_variable: bool,
    /// Number of the frame or of its first sample.
    pub number: u64,
    /// Bytes of the header.
    pub length: usize,
}

/// Most bytes of a header.
pub const MAX_LENGTH: usize = 16;

/// Parses the header that begins here and checks its checksum. `defaults` come from
/// STREAMINFO.
pub fn parse(bytes: &[u8], defaults: Option<Format>) -> Option<Header> {
    let &[0xff, second @ (0xf8 | 0xf9), sizes, shape, _] = bytes.first_chunk()? else {
        return None;
    };
    if shape & 1 != 0 {
        return None;
    }
    let (number, number_bytes) = number(bytes.get(4..)?)?;
    let mut at = 4 + number_bytes;
    let mut take = |count: usize| {
        let taken = bytes.get(at..at + count)?;
        at += count;
        Some(
            taken
                .iter()
                .fold(0, |value, &byte| value << 8 | u32::from(byte)),
        )
    };
    let samples = match sizes >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 144 << code,
        6 => take(1)? + 1,
        7 => take(2)? + 1,
        code => 1 << code,
    };
    let rate = match sizes & 15 {
        0 => defaults?.rate,
        1 => 88_200,
        2 => 176_400,
        3 => 192_000,
        4 => 8000,
        5 => 16_000,
        6 => 22_050,
        7 => 24_000,
        8 => 32_000,
        9 => 44_100,
        10 => 48_000,
        11 => 96_000,
        12 => take(1)? * 1000,
        13 => take(2)?,
        14 => take(2)? * 10,
        _ => return None,
    };
    let (channels, stereo) = match shape >> 4 {
        code @ 0..=7 => (code + 1, Stereo::Independent),
        8 => (2, Stereo::LeftSide),
        9 => (2, Stereo::SideRight),
        10 => (2, Stereo::MidSide),
        _ => return None,
    };
    let bits = match shape >> 1 & 7 {
        0 => defaults?.bits,
        3 => return None,
        code => [0, 8, 12, 0, 16, 20, 24, 32][usize::from(code)],
    };
    if rate == 0 || crc8(bytes.get(..at)?) != *bytes.get(at)? {
        return None;
    }
    Some(Header {
        samples,
        format: Format {
            rate,
            channels,
            bits,
        },
        stereo,
        is_variable: second & 1 != 0,
        number,
        length: at + 1,
    })
}

/// A number of up to 36 bits, coded like UTF-8, and its bytes.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let &first = bytes.first()?;
    let count = match first.leading_ones() {
        0 => return Some((first.into(), 1)),
        count @ 2..=7 => count as usize,
        _ => return None,
    };
    let mut value = u64::from(first) & (0x7f >> count);
    for &byte in bytes.get(1..count)? {
        if byte >> 6 != 0b10 {
            return None;
        }
        value = value << 6 | u64::from(byte & 0x3f);
    }
    Some((value, count))
}

/// The checksum of a header: polynomial 0x07, from zero.
fn crc8(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |crc, &byte| CRC8[usize::from(crc ^ byte)])
}

static CRC8: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u8;
        let mut bit = 0;
        while bit < 8 {
            value = (value << 1) ^ ((value >> 7) * 0x07);
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
};

/// Remainders of a byte that 0 to 3 zero bytes follow.
static CRC16: [[u16; 256]; 4] = {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let mut value = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            value = (value << 1) ^ ((value >> 15) * 0x8005);
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut zeros = 1;
    while zeros < 4 {
        let mut byte = 0;
        while byte < 256 {
            let last: u16 = tables[zeros - 1][byte];
            tables[zeros][byte] = (last << 8) ^ tables[0][(last >> 8) as usize];
            byte += 1;
        }
        zeros += 1;
    }
    tables
};

/// Continues the checksum of a frame (polynomial 0x8005, from zero) over more bytes. It is
/// zero after a whole frame, whose last two bytes contain it.
pub fn crc16(mut crc: u16, bytes: &[u8]) -> u16 {
    let (words, rest) = bytes.as_chunks::<4>();
    for &[a, b, c, d] in words {
        let [high, low] = crc.to_be_bytes();
        crc = CRC16[3][usize::from(a ^ high)]
            ^ CRC16[2][usize::from(b ^ low)]
            ^ CRC16[1][usize::from(c)]
            ^ CRC16[0][usize::from(d)];
    }
    for &byte in rest {
        crc = (crc << 8) ^ CRC16[0][usize::from((crc >> 8) as u8 ^ byte)];
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    const CD: Format = Format {
        rate: 44_100,
        channels: 2,
        bits: 16,
    };

    /// The first frame of the second example of RFC 9639, appendix D.
    const EXAMPLE: [u8; 8] = [0xff, 0xf8, 0x69, 0x98, 0x00, 0x0f, 0x99, 0x12];

    #[test]
    fn the_example_of_the_standard_is_parsed() {
        let header = parse(&EXAMPLE, None).unwrap();
        assert_eq!((header.samples, header.number), (16, 0));
        assert_eq!(header.format, CD);
        assert_eq!(header.stereo, Stereo::SideRight);
        assert_eq!((header.is_variable, header.length), (false, 7));
    }

    #[test]
    fn a_wrong_checksum_or_a_reserved_value_is_no_header() {
        for at in 0..7 {
            let mut bytes = EXAMPLE;
            bytes[at] ^= 0x10;
            assert_eq!(parse(&bytes, Some(CD)), None, "{at}");
        }
        for length in 0..7 {
            assert_eq!(parse(&EXAMPLE[..length], Some(CD)), None, "{length}");
        }
    }

    #[test]
    fn numbers_have_up_to_36_bits() {
        assert_eq!(number(&[0x7f]), Some((0x7f, 1)));
        assert_eq!(number(&[0xc2, 0x80]), Some((0x80, 2)));
        let longest = [0xfe, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf];
        assert_eq!(number(&longest), Some(((1 << 36) - 1, 7)));
        assert_eq!(number(&longest[..6]), None);
        assert_eq!(number(&[0x80]), None);
        assert_eq!(number(&[0xff]), None);
        assert_eq!(number(&[0xc2, 0x00]), None);
    }

    #[test]
    fn the_checksum_of_a_frame_ends_at_zero() {
        let mut bytes: Vec<u8> = (0..1001u32).map(|n| (n * 31 + n / 9) as u8).collect();
        let by_bytes = bytes.iter().fold(0, |crc, &byte| crc16(crc, &[byte]));
        assert_eq!(crc16(0, &bytes), by_bytes);
        bytes.extend(by_bytes.to_be_bytes());
        assert_eq!(crc16(0, &bytes), 0);
    }
}
