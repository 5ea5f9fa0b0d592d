//! The elementary stream descriptor (ISO/IEC 14496-1, 7.2.6.5).

use tonearm_media_core::BitReader;
use tonearm_media_core::frame_header::adts::AAC_RATES;

/// A parsed descriptor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// Registered number of the codec: 0x40 is AAC, 0x6b is MP3.
    pub(crate) object_type: u8,
    /// The codec-specific configuration: for AAC, an AudioSpecificConfig.
    pub(crate) config: Vec<u8>,
}

const ES: u8 = 3;
const DECODER_CONFIG: u8 = 4;
const DECODER_SPECIFIC: u8 = 5;

/// Parses the body of an `esds` box after its version and flags.
pub(crate) fn parse(bytes: &[u8]) -> Option<Stream> {
    let (ES, es, _) = descriptor(bytes)? else {
        return None;
    };
    let flags = *es.get(2)?;
    let mut at = 3;
    if flags & 0x80 != 0 {
        at += 2;
    }
    if flags & 0x40 != 0 {
        at += 1 + usize::from(*es.get(at)?);
    }
    if flags & 0x20 != 0 {
        at += 2;
    }
    let (DECODER_CONFIG, decoder, _) = descriptor(es.get(at..)?)? else {
        return None;
    };
    let object_type = *decoder.first()?;
    let mut rest = decoder.get(13..).unwrap_or_default();
    let mut config = Vec::new();
    while let Some((tag, body, after)) = descriptor(rest) {
        if tag == DECODER_SPECIFIC {
            config = body.to_vec();
            break;
        }
        rest = after;
    }
    Some(Stream {
        object_type,
        config,
    })
}

/// A descriptor's tag and body, and the bytes after it. A truncated body ends with the
/// input.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, mut rest) = bytes.split_first()?;
    let mut length = 0;
    for _ in 0..4 {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (body, after) = rest.split_at(length.min(rest.len()));
    Some((tag, body, after))
}

/// The beginning of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AudioConfig {
    /// 2 is AAC-LC, 36 ALS, 42 USAC.
    pub(super) object_type: u32,
    /// In Hz; 0 if reserved.
    pub(super) sample_rate: u32,
    /// `None` where the configuration of the codec states them.
    pub(super) channels: Option<u16>,
}

impl AudioConfig {
    /// Parses the first fields; `None` if they are incomplete.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bits = BitReader::new(bytes);
        let mut object_type = bits.read(5)?;
        if object_type == 31 {
            object_type = 32 + bits.read(6)?;
        }
        let sample_rate = match bits.read(4)? {
            15 => bits.read(24)?,
            index => AAC_RATES.get(index as usize).copied().unwrap_or(0),
        };
        let channels = match bits.read(4)? {
            count @ 1..=6 => Some(count as u16),
            7 => Some(8),
            _ => None,
        };
        Some(Self {
            object_type,
            sample_rate,
            channels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_for_aac_by_ffmpeg_is_parsed() {
        let bytes = [
            0x03, 0x80, 0x80, 0x80, 0x25, 0x00, 0x02, 0x00, 0x04, 0x80, 0x80, 0x80, 0x17, 0x40,
            0x15, 0, 0, 0, 0, 1, 0xf4, 0, 0, 1, 0xf4, 0, 0x05, 0x80, 0x80, 0x80, 0x05, 0x11, 0x90,
            0x56, 0xe5, 0, 0x06, 0x80, 0x80, 0x80, 1, 2,
        ];
        let stream = parse(&bytes).unwrap();
        assert_eq!(stream.object_type, 0x40);
        assert_eq!(stream.config, [0x11, 0x90, 0x56, 0xe5, 0]);
        for cut in 0..bytes.len() {
            let _ = parse(&bytes[..cut]);
        }
    }
}
