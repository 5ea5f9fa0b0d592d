//! The audio header at the start of an audio tag.

use tonearm_media_core::Codec;

/// The audio header at the start of an audio tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) codec: Result<Codec, &'static str>,
    pub(super) rate: u32,
    pub(super) channels: u16,
    /// Length in bytes; the data follows.
    pub(super) length: u64,
    /// The tag has the decoder configuration.
    pub(super) is_config: bool,
    /// The tag has neither configuration nor audio, such as the end of a sequence.
    pub(super) is_empty: bool,
}

/// Bytes that a header has at most, of those that are supported.
pub(super) const MAX_HEADER: usize = 64;

/// Parses the header of the audio tag that begins with these bytes.
pub(super) fn parse(bytes: &[u8]) -> Option<Header> {
    let &first = bytes.first()?;
    if first >> 4 == 9 {
        return enhanced(first, bytes.get(1..)?);
    }
    let is_wide = first & 2 != 0;
    let rate = [5512, 11_025, 22_050, 44_100][usize::from(first >> 2 & 3)];
    let mut header = Header {
        codec: Err("a codec that FLV reserves"),
        rate,
        channels: u16::from(first & 1) + 1,
        length: 1,
        is_config: false,
        is_empty: false,
    };
    header.codec = match first >> 4 {
        // The specification leaves the byte order of codec 0 open; it is little-endian.
        0 | 3 if is_wide => Ok(Codec::PcmS16Le),
        0 | 3 => Ok(Codec::PcmU8),
        1 => Ok(Codec::AdpcmSwf),
        2 => Ok(Codec::Mp3),
        14 => {
            header.rate = 8000;
            Ok(Codec::Mp3)
        }
        kind @ 4..=6 => {
            header.channels = if kind == 6 { header.channels } else { 1 };
            header.rate = match kind {
                4 => 16_000,
                5 => 8000,
                _ => rate,
            };
            Ok(Codec::Nellymoser)
        }
        7 => Ok(Codec::PcmAlaw),
        8 => Ok(Codec::PcmMulaw),
        10 => {
            header.length = 2;
            match *bytes.get(1)? {
                0 => header.is_config = true,
                1 => {}
                _ => header.is_empty = true,
            }
            Ok(Codec::Aac)
        }
        11 => {
            // Always so, whatever the bits of rate and channels say.
            (header.rate, header.channels) = (16_000, 1);
            Ok(Codec::Speex)
        }
        15 => Err("sound of the device that recorded it"),
        _ => header.codec,
    };
    if matches!(first >> 4, 7 | 8) {
        header.rate = 8000;
    }
    Some(header)
}

/// The header of "Enhanced RTMP" after its first byte.
fn enhanced(first: u8, mut rest: &[u8]) -> Option<Header> {
    let mut kind = first & 15;
    let mut length = 1;
    // Modifiers, each with its size, its data, and the next kind.
    while kind == MODIFIER {
        let (&size, after) = rest.split_first()?;
        let (size, after) = match size {
            255 => {
                let (&size, after) = after.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(size)) + 1, after)
            }
            size => (usize::from(size) + 1, after),
        };
        let (&next, after) = after.get(size..)?.split_first()?;
        length += (rest.len() - after.len()) as u64;
        (kind, rest) = (next & 15, after);
    }
    Some(Header {
        codec: match rest.first_chunk()? {
            b"mp4a" => Ok(Codec::Aac),
            b".mp3" => Ok(Codec::Mp3),
            b"ac-3" => Ok(Codec::Ac3),
            b"ec-3" => Ok(Codec::Eac3),
            b"Opus" => Ok(Codec::Opus),
            b"fLaC" => Ok(Codec::Flac),
            _ => Err("a codec of enhanced FLV"),
        },
        rate: 48_000,
        channels: 2,
        length: length + 4,
        is_config: kind == 0,
        is_empty: kind > 1,
    })
}

/// The kind of an enhanced header that a modifier precedes.
const MODIFIER: u8 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_speech_state_their_rate() {
        let of = |byte: u8| {
            let header = parse(&[byte, 0]).unwrap();
            (header.codec, header.rate, header.channels)
        };
        assert_eq!(of(0x4f), (Ok(Codec::Nellymoser), 16_000, 1));
        assert_eq!(of(0x50), (Ok(Codec::Nellymoser), 8000, 1));
        assert_eq!(of(0x6b), (Ok(Codec::Nellymoser), 22_050, 2));
        assert_eq!(of(0xbf), (Ok(Codec::Speex), 16_000, 1));
        assert_eq!(of(0x7e), (Ok(Codec::PcmAlaw), 8000, 1));
        assert_eq!(of(0xee), (Ok(Codec::Mp3), 8000, 1));
    }

    #[test]
    fn modifiers_of_enhanced_headers_are_skipped() {
        let plain = parse(b"\x91ac-3").unwrap();
        assert_eq!((plain.codec, plain.length), (Ok(Codec::Ac3), 5));
        let modified = parse(b"\x97\x02\0\0\0\x01ac-3").unwrap();
        assert_eq!((modified.codec, modified.length), (Ok(Codec::Ac3), 10));
        assert!(!modified.is_config && !modified.is_empty);
        assert_eq!(parse(b"\x97\xff\xff\xff"), None);
    }
}
