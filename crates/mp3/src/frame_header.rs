//! Headers of MPEG audio frames (ISO/IEC 11172-3 and 13818-3, and MPEG-2.5).

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes of the whole frame, header included.
    pub length: usize,
    /// 1 to 3.
    pub layer: u8,
    /// In Hz.
    pub sample_rate: u32,
    /// 1 or 2.
    pub channels: u8,
}

impl FrameHeader {
    /// Bytes of a header.
    pub const LENGTH: usize = 4;

    /// Parses the header at the start of `bytes`; `None` where there is none, or where its
    /// frame has no fixed length (the "free" bitrate).
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let &[0xff, b1, b2, b3] = bytes.first_chunk()? else {
            return None;
        };
        if b1 & 0xe0 != 0xe0 {
            return None;
        }
        let layer = 4 - (b1 >> 1 & 3);
        let base = *[44_100, 48_000, 32_000].get(usize::from(b2 >> 2 & 3))?;
        let (sample_rate, is_mpeg_1) = match b1 >> 3 & 3 {
            0 => (base / 4, false),
            2 => (base / 2, false),
            3 => (base, true),
            _ => return None,
        };
        let bitrates = match (is_mpeg_1, layer) {
            (true, 1..=3) => &MPEG_1[usize::from(layer) - 1],
            (false, 1) => &MPEG_2[0],
            (false, 2 | 3) => &MPEG_2[1],
            _ => return None,
        };
        let bitrate_index = usize::from(b2 >> 4).checked_sub(1)?;
        let bitrate = usize::from(*bitrates.get(bitrate_index)?) * 1000;
        let padding = usize::from(b2 >> 1 & 1);
        let rate = sample_rate as usize;
        let length = match (layer, is_mpeg_1) {
            (1, _) => (12 * bitrate / rate + padding) * 4,
            (3, false) => 72 * bitrate / rate + padding,
            _ => 144 * bitrate / rate + padding,
        };
        Some(Self {
            length,
            layer,
            sample_rate,
            channels: if b3 >> 6 == 3 { 1 } else { 2 },
        })
    }

    /// Parses the header of an MP3 frame: layer 3 only.
    pub(crate) fn parse_layer_3(bytes: &[u8]) -> Option<Self> {
        Self::parse(bytes).filter(|header| header.layer == 3)
    }

    /// Whether both can be frames of one stream. Mono and stereo may alternate within a
    /// stream.
    pub fn same_stream(&self, other: &Self) -> bool {
        (self.layer, self.sample_rate) == (other.layer, other.sample_rate)
    }
}

/// Samples per channel of an MP3 frame at a sample rate in Hz (ISO/IEC 11172-3, 2.4.2.1;
/// 13818-3).
pub const fn samples_per_frame(sample_rate: u32) -> u64 {
    if sample_rate >= 32_000 { 1152 } else { 576 }
}

/// Bitrates in kbit/s of MPEG-1, by layer.
const MPEG_1: [[u16; 14]; 3] = [
    [
        32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ],
    [
        32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ],
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
];

/// Bitrates in kbit/s of MPEG-2 and MPEG-2.5: of layer 1, and of layers 2 and 3.
const MPEG_2: [[u16; 14]; 2] = [
    [
        32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_known_streams_are_parsed() {
        let mp3 = FrameHeader::parse(&[0xff, 0xfb, 0x90, 0x64]).unwrap();
        assert_eq!(
            (mp3.length, mp3.layer, mp3.sample_rate, mp3.channels),
            (417, 3, 44_100, 2)
        );
        let mpeg_2 = FrameHeader::parse(&[0xff, 0xf3, 0x44, 0xc0]).unwrap();
        assert_eq!(
            (mpeg_2.length, mpeg_2.sample_rate, mpeg_2.channels),
            (96, 24_000, 1)
        );
        for junk in [[0xff; 7], [0; 7], *b"ID3\x04\0\0\0"] {
            assert_eq!(FrameHeader::parse(&junk), None);
        }
    }
}
