//! Headers of DTS frames (ETSI TS 102 114, 5.3 and 7.4).

use crate::bit_reader::BitReader;

/// How the bits of a core frame are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storage {
    /// Words of 16 bits, big-endian; also the extension substreams.
    Big16,
    Little16,
    /// Words of 16 bits of which the lower 14 are used, as on CDs.
    Big14,
    Little14,
}

/// The frame at some offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the frame.
    pub length: usize,
    /// Sample rate in Hz: of the core, or the clock of an extension substream.
    pub sample_rate: u32,
    /// Samples per channel at that rate; 0 for an extension substream that does not state
    /// them.
    pub samples: u32,
    /// An extension substream: it extends the core frame before it, or stands alone in DTS
    /// Express.
    pub is_extension: bool,
    /// Number of the extension substream within its frame.
    pub index: u8,
    /// The core has an extension that doubles its sample rate.
    is_rate_doubled: bool,
}

/// Bytes of the longest header that [`parse`] reads.
pub const HEADER_LENGTH: usize = 20;

/// Sample rates by the field `SFREQ`; 0 for invalid values.
const RATES: [u32; 16] = [
    0, 8000, 16_000, 32_000, 0, 0, 11_025, 22_050, 44_100, 0, 0, 12_000, 24_000, 48_000, 0, 0,
];

/// Reads the header of a frame at the start of `bytes`.
pub fn parse(bytes: &[u8]) -> Option<Header> {
    let storage = match bytes {
        [0x7f, 0xfe, 0x80, 0x01, ..] => Storage::Big16,
        [0xfe, 0x7f, 0x01, 0x80, ..] => Storage::Little16,
        [0x1f, 0xff, 0xe8, 0x00, 0x07, 0xf0..=0xff, ..] => Storage::Big14,
        [0xff, 0x1f, 0x00, 0xe8, 0xf0..=0xff, 0x07, ..] => Storage::Little14,
        [0x64, 0x58, 0x20, 0x25, ..] => return extension(bytes),
        _ => return None,
    };
    core(storage, bytes)
}

/// Parses the header of a core frame.
fn core(storage: Storage, bytes: &[u8]) -> Option<Header> {
    let bytes = unpack(storage, bytes)?;
    let mut bits = BitReader::new(&bytes);
    bits.read(32)?;
    let (is_normal, deficit) = (bits.flag()?, bits.read(5)?);
    bits.read(1)?;
    let blocks = bits.read(7)? + 1;
    let size = bits.read(14)? + 1;
    bits.read(6)?;
    let sample_rate = *RATES.get(bits.read(4)? as usize)?;
    bits.read(5)?;
    // Downmix, dynamic range, time stamp, auxiliary data, HDCD.
    bits.read(5)?;
    let kind = bits.read(3)?;
    let has_extension = bits.flag()?;
    if blocks < 6 || size < 96 || sample_rate == 0 || is_normal && deficit != 31 {
        return None;
    }
    let size = usize::try_from(size).ok()?;
    let length = match storage {
        Storage::Big16 | Storage::Little16 => size,
        Storage::Big14 | Storage::Little14 => (size * 8).div_ceil(14) * 2,
    };
    Some(Header {
        length,
        sample_rate,
        samples: blocks * 32,
        is_extension: false,
        index: 0,
        is_rate_doubled: has_extension && matches!(kind, 2 | 3),
    })
}

/// The first bytes of a frame in big-endian order without unused bits.
fn unpack(storage: Storage, bytes: &[u8]) -> Option<Vec<u8>> {
    let words = bytes.get(..HEADER_LENGTH)?.chunks_exact(2);
    let words = words.map(|word| match storage {
        Storage::Big16 | Storage::Big14 => u16::from_be_bytes([word[0], word[1]]),
        Storage::Little16 | Storage::Little14 => u16::from_le_bytes([word[0], word[1]]),
    });
    let width = match storage {
        Storage::Big16 | Storage::Little16 => 16,
        Storage::Big14 | Storage::Little14 => 14,
    };
    let bits = words.flat_map(|word| (0..width).rev().map(move |shift| word >> shift & 1 == 1));
    let bits: Vec<bool> = bits.collect();
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
    Some(bits.chunks_exact(8).map(byte).collect())
}

/// Parses the header of an extension substream.
fn extension(bytes: &[u8]) -> Option<Header> {
    let mut bits = BitReader::new(bytes.get(..HEADER_LENGTH)?);
    bits.read(32)?;
    bits.read(8)?;
    let index = u8::try_from(bits.read(2)?).ok()?;
    let (header_width, size_width) = if bits.flag()? { (12, 20) } else { (8, 16) };
    let header = bits.read(header_width)? + 1;
    let size = bits.read(size_width)? + 1;
    if header < 8 || size <= header {
        return None;
    }
    let (mut sample_rate, mut samples) = (0, 0);
    if bits.flag()? {
        sample_rate = *[32_000, 44_100, 48_000].get(bits.read(2)? as usize)?;
        samples = 512 * (bits.read(3)? + 1);
    }
    Some(Header {
        length: usize::try_from(size).ok()?,
        sample_rate,
        samples,
        is_extension: true,
        index,
        is_rate_doubled: false,
    })
}

/// Samples per channel of a decoded packet. `None` where an extension determines its sample
/// rate.
pub fn packet_samples(packet: &[u8]) -> Option<u64> {
    let core = parse(packet)?;
    let rest = packet.get(core.length..).unwrap_or_default();
    let is_plain = !core.is_extension && !core.is_rate_doubled;
    (is_plain && parse(rest).is_none()).then(|| u64::from(core.samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 48 kHz, 16 blocks of 32 samples, 1884 bytes.
    const CORE: [u8; HEADER_LENGTH] = [
        0x7f, 0xfe, 0x80, 0x01, 0xfc, 0x3c, 0x75, 0xb0, 0xb6, 0xc0, 0x01, 0x38, 0x00, 0x03, 0xef,
        0x7f, 0xe0, 0x06, 0xdb, 0x1e,
    ];

    #[test]
    fn core_frames_are_parsed_in_every_order_of_bits() {
        let expected = parse(&CORE).unwrap();
        let fields = (expected.length, expected.sample_rate, expected.samples);
        assert_eq!(fields, (1884, 48_000, 512));
        let swapped: Vec<u8> = CORE.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        assert_eq!(parse(&swapped), Some(expected));
        // 14 bits to a word.
        let bits = CORE
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1));
        let bits: Vec<u8> = bits.collect();
        let word = |bits: &[u8]| bits.iter().fold(0, |word, bit| word << 1 | u16::from(*bit));
        let sign = |word: u16| {
            if word & 0x2000 != 0 {
                word | 0xc000
            } else {
                word
            }
        };
        let words = bits.chunks_exact(14).map(word).map(sign);
        let mut big: Vec<u8> = words.flat_map(u16::to_be_bytes).collect();
        big.resize(HEADER_LENGTH, 0);
        let little: Vec<u8> = big.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        let expected = Header {
            length: 2154,
            ..expected
        };
        assert_eq!(parse(&big), Some(expected));
        assert_eq!(parse(&little), Some(expected));
        assert_eq!(parse(&CORE[..16]), None);
        assert_eq!(packet_samples(&CORE), Some(512));
    }

    #[test]
    fn extension_substreams_are_parsed() {
        // A header of 16 bytes, 244 bytes, 48 kHz, two durations of 512 samples.
        let bits = "0000000000 0 00001111 0000000011110011 1 10 001".replace(' ', "");
        let mut bytes = vec![0x64, 0x58, 0x20, 0x25];
        let bits: Vec<char> = bits.chars().collect();
        for byte in bits.chunks(8) {
            let mut text: String = byte.iter().collect();
            text.extend(std::iter::repeat_n('0', 8 - byte.len()));
            bytes.push(u8::from_str_radix(&text, 2).unwrap());
        }
        bytes.resize(HEADER_LENGTH, 0);
        let header = parse(&bytes).unwrap();
        let fields = (header.length, header.sample_rate, header.samples);
        assert_eq!(fields, (244, 48_000, 1024));
        assert!(header.is_extension);
        assert_eq!(packet_samples(&bytes), None);
    }
}
