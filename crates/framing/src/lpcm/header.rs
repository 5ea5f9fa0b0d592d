//! The headers of PCM: 4 bytes in the private streams of SMPTE 302M; on discs, 4 bytes in the HDMV transport streams of Blu-ray discs
//! (Blu-ray Disc read-only format, part 3), 3 bytes in the MPEG program streams of DVDs
//! (DVD-Video, part 3).

use tonearm_media_core::{Channels, Codec};

use crate::frame::Format;

/// The kind of disc, or of transport stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disc {
    /// Blu-ray: a header of 4 bytes.
    BluRay,
    /// DVD: a header of 3 bytes.
    Dvd,
    /// AES3 in a transport stream (SMPTE 302M): a header of 4 bytes.
    Aes3,
}

/// Bits per sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BitDepth {
    Sixteen,
    Twenty,
    TwentyFour,
}

/// A parsed header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Format of the unpacked samples.
    pub(super) format: Format,
    pub(super) bits: BitDepth,
    /// Channels as stored, of which the last may be padding.
    pub(super) stored: usize,
    /// Index among them of each channel of [`Format::channels`].
    pub(super) order: &'static [usize],
}

/// Channels in the order in which they are stored.
const IN_ORDER: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

impl Disc {
    /// Bytes of a header.
    pub(super) fn header_length(self) -> usize {
        match self {
            Self::BluRay | Self::Aes3 => 4,
            Self::Dvd => 3,
        }
    }

    /// Parses a header. The error names the unsupported format.
    pub(super) fn parse(self, bytes: &[u8]) -> Result<Header, &'static str> {
        let header = match (self, bytes) {
            (Self::BluRay, &[_, _, layout_byte, bits]) => blu_ray(layout_byte, bits),
            (Self::Dvd, &[_, format_byte, _]) => dvd(format_byte),
            (Self::Aes3, &[_, _, channels, bits]) => aes3(channels, bits),
            _ => None,
        };
        header.ok_or(match self {
            Self::BluRay => "the PCM of Blu-ray discs of an unknown kind",
            Self::Dvd => "the PCM of DVDs of an unknown kind",
            Self::Aes3 => "SMPTE 302M of an unknown kind",
        })
    }
}

/// Parses the last two bytes, which follow the payload size: channel layout and rate, and
/// bit depth.
fn blu_ray(layout_byte: u8, depth_byte: u8) -> Option<Header> {
    let bits = match depth_byte >> 6 {
        1 => BitDepth::Sixteen,
        2 => BitDepth::Twenty,
        3 => BitDepth::TwentyFour,
        _ => return None,
    };
    let rate = match layout_byte & 15 {
        1 => 48_000,
        4 => 96_000,
        5 => 192_000,
        _ => return None,
    };
    // Surround channels are stored before the LFE channel, in the order left side, left
    // back, right back, right side.
    let (channels, order): (_, &'static [usize]) = match layout_byte >> 4 {
        1 => (Channels::MONO, &[0]),
        3 => (Channels::STEREO, &[0, 1]),
        4 => (Channels::FRONT_3, &[0, 1, 2]),
        5 => (Channels::REAR_3, &[0, 1, 2]),
        6 => (Channels::SURROUND_4, &[0, 1, 2, 3]),
        7 => (Channels::QUAD_SIDE, &[0, 1, 2, 3]),
        8 => (Channels::SURROUND_5_SIDE, &[0, 1, 2, 3, 4]),
        9 => (Channels::SURROUND_5_1_SIDE, &[0, 1, 2, 5, 3, 4]),
        10 => (Channels::SURROUND_7, &[0, 1, 2, 4, 5, 3, 6]),
        11 => (Channels::SURROUND_7_1, &[0, 1, 2, 7, 4, 5, 3, 6]),
        _ => return None,
    };
    Some(Header {
        stored: order.len().next_multiple_of(2),
        order,
        format: format(bits, rate, channels),
        bits,
    })
}

/// Parses the second byte, between emphasis, mute and frame number, and dynamic range.
fn dvd(format_byte: u8) -> Option<Header> {
    let bits = match format_byte >> 6 {
        0 => BitDepth::Sixteen,
        1 => BitDepth::Twenty,
        2 => BitDepth::TwentyFour,
        _ => return None,
    };
    let rate = [48_000, 96_000, 44_100, 32_000][usize::from(format_byte >> 4 & 3)];
    let count = 1 + (format_byte & 7);
    Some(Header {
        stored: usize::from(count),
        order: IN_ORDER.get(..usize::from(count))?,
        format: format(bits, rate, Channels::usual(count.into())?),
        bits,
    })
}

/// Parses the last two bytes, which follow the payload size: number of channels, an
/// identification, and bit depth.
fn aes3(channels_byte: u8, depth_byte: u8) -> Option<Header> {
    let bits = match depth_byte >> 4 & 3 {
        0 => BitDepth::Sixteen,
        1 => BitDepth::Twenty,
        2 => BitDepth::TwentyFour,
        _ => return None,
    };
    let count = 2 * (1 + (channels_byte >> 6));
    // Eight channels are a mix of 5.1 and another in stereo.
    let channels = match count {
        8 => Channels::Count(8),
        _ => Channels::usual(count.into())?,
    };
    Some(Header {
        stored: usize::from(count),
        order: IN_ORDER.get(..usize::from(count))?,
        format: format(bits, 48_000, channels),
        bits,
    })
}

fn format(bits: BitDepth, rate: u32, channels: Channels) -> Format {
    let codec = match bits {
        BitDepth::Sixteen => Codec::PcmS16Be,
        _ => Codec::PcmS24Be,
    };
    Format {
        channels: Some(channels),
        ..Format::new(codec, rate)
    }
}
