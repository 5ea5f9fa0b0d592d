//! Frames of AMR narrowband and wideband (3GPP TS 26.101 and 26.201; RFC 4867, 5.3).

/// Frames per second of both.
pub const FRAMES_PER_SECOND: f64 = 50.0;
/// Bytes of the longest frame of either.
pub const MAX_FRAME_BYTES: usize = 61;

/// Narrowband or wideband.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// 8 kHz.
    Narrow,
    /// 16 kHz.
    Wide,
}

/// Bytes of a frame of each type, with its first byte; 0 where the type is reserved.
const NARROW: [usize; 16] = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
/// The same for wideband. Type 14 is a lost frame.
const WIDE: [usize; 16] = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];

impl Band {
    /// Sample rate in Hz.
    pub fn sample_rate(self) -> u32 {
        match self {
            Self::Narrow => 8000,
            Self::Wide => 16_000,
        }
    }

    /// Samples of a frame.
    pub fn frame_samples(self) -> u64 {
        match self {
            Self::Narrow => 160,
            Self::Wide => 320,
        }
    }

    /// Bytes of the frame that begins with this byte, which they include; `None` if it does
    /// not begin a frame.
    pub fn frame_bytes(self, first: u8) -> Option<usize> {
        // The first bit and the last two are padding, which is 0.
        if first & 0x83 != 0 {
            return None;
        }
        let sizes = match self {
            Self::Narrow => NARROW,
            Self::Wide => WIDE,
        };
        Some(sizes[usize::from(first >> 3 & 15)]).filter(|&bytes| bytes > 0)
    }

    /// Samples of a packet of whole frames; `None` if it does not begin with a frame.
    pub fn packet_samples(self, packet: &[u8]) -> Option<u64> {
        let mut rest = packet;
        let mut count = 0;
        while let Some(bytes) = rest.first().and_then(|&first| self.frame_bytes(first)) {
            rest = rest.get(bytes..).unwrap_or_default();
            count += 1;
        }
        (count > 0).then_some(count * self.frame_samples())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_has_the_samples_of_its_frames() {
        let packet = [&[0x3c; 32][..], &[0x44; 6], &[0x7c]].concat();
        assert_eq!(Band::Narrow.packet_samples(&packet), Some(480));
        assert_eq!(Band::Wide.packet_samples(&[0x7c]), Some(320));
        assert_eq!(Band::Wide.packet_samples(&[]), None);
        // A reserved type, and padding that is not 0.
        assert_eq!(Band::Narrow.packet_samples(&[0x54]), None);
        assert_eq!(Band::Narrow.packet_samples(&[0x3d]), None);
    }
}
