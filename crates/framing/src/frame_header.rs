//! Headers of MPEG audio frames (ISO/IEC 11172-3, 13818-3) and of AAC in ADTS (ISO/IEC
//! 13818-7).

use tonearm_media_core::frame_header::adts::AAC_RATES;

/// A frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes of the whole frame.
    pub length: usize,
    /// ADTS rather than MPEG audio.
    pub is_adts: bool,
    /// MPEG audio's layer, 1 to 3; 0 for ADTS.
    pub layer: u8,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Number of channels; 0 where an ADTS frame defines them in its data.
    pub channels: u8,
    /// Bytes of the header itself.
    pub header_length: usize,
    /// ADTS: audio object type (2 is LC), rate index and channel configuration, the
    /// fields of an AudioSpecificConfig.
    pub adts: [u8; 3],
}

impl FrameHeader {
    /// Whether both can be frames of one stream. An MPEG stream may alternate between
    /// stereo and mono, so its channels are not compared.
    pub fn same_stream(&self, other: &Self) -> bool {
        (self.is_adts, self.layer, self.sample_rate, self.adts)
            == (other.is_adts, other.layer, other.sample_rate, other.adts)
    }

    /// The AudioSpecificConfig of an ADTS header (ISO/IEC 14496-3, 1.6.2.1): 5, 4 and 4
    /// bits.
    pub fn audio_specific_config(&self) -> [u8; 2] {
        let [object_type, rate_index, configuration] = self.adts;
        [
            object_type << 3 | rate_index >> 1,
            (rate_index & 1) << 7 | configuration << 3,
        ]
    }
}

/// Reads the header of a frame at the start of `bytes`.
pub fn parse(bytes: &[u8]) -> Option<FrameHeader> {
    let &[0xff, second, ..] = bytes else {
        return None;
    };
    match second & 0xf6 {
        0xf0 => adts(bytes),
        _ if second & 0xe0 == 0xe0 => mpeg(bytes),
        _ => None,
    }
}

fn adts(bytes: &[u8]) -> Option<FrameHeader> {
    let &[_, b1, b2, b3, b4, b5, b6] = bytes.first_chunk()?;
    let object_type = (b2 >> 6) + 1;
    let rate_index = b2 >> 2 & 15;
    let configuration = (b2 & 1) << 2 | b3 >> 6;
    let length = usize::from(b3 & 3) << 11 | usize::from(b4) << 3 | usize::from(b5 >> 5);
    // The standard allows several blocks per frame; no known encoder writes them.
    let blocks = (b6 & 3) + 1;
    let header_length = if b1 & 1 == 0 { 9 } else { 7 };
    if length <= header_length || blocks != 1 {
        return None;
    }
    Some(FrameHeader {
        length,
        is_adts: true,
        layer: 0,
        sample_rate: *AAC_RATES.get(usize::from(rate_index))?,
        channels: if configuration == 7 { 8 } else { configuration },
        header_length,
        adts: [object_type, rate_index, configuration],
    })
}

fn mpeg(bytes: &[u8]) -> Option<FrameHeader> {
    let header = tonearm_mp3::FrameHeader::parse(bytes)?;
    Some(FrameHeader {
        length: header.length,
        is_adts: false,
        layer: header.layer,
        sample_rate: header.sample_rate,
        channels: header.channels,
        header_length: tonearm_mp3::FrameHeader::LENGTH,
        adts: [0; 3],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_known_streams_are_parsed() {
        let mp3 = parse(&[0xff, 0xfb, 0x90, 0x64]).unwrap();
        assert_eq!(
            (mp3.length, mp3.layer, mp3.sample_rate, mp3.channels),
            (417, 3, 44_100, 2)
        );
        let mpeg2 = parse(&[0xff, 0xf3, 0x44, 0xc0]).unwrap();
        assert_eq!(
            (mpeg2.length, mpeg2.sample_rate, mpeg2.channels),
            (96, 24_000, 1)
        );
        let aac = parse(&[0xff, 0xf1, 0x4c, 0x80, 0x2e, 0x7f, 0xfc]).unwrap();
        assert_eq!(
            (aac.length, aac.sample_rate, aac.channels, aac.adts),
            (371, 48_000, 2, [2, 3, 2])
        );
        for junk in [[0xff; 7], [0; 7], *b"ID3\x04\0\0\0"] {
            assert_eq!(parse(&junk), None);
        }
    }
}
