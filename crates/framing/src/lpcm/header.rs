//! The headers of PCM on discs: 4 bytes on a Blu-ray disc, as HDMV transport
//! streams hold it (Blu-ray Disc read-only format, part 3), 3 on a DVD (DVD-Video,
//! part 3; MPEG program streams).

use tonearm_media_core::{Channels, Codec};

use crate::frame::Format;

/// Which disc the samples are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disc {
    /// Blu-ray: a header of 4 bytes.
    BluRay,
    /// DVD: a header of 3 bytes.
    Dvd,
}

/// Bits of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bits {
    Sixteen,
    Twenty,
    TwentyFour,
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sound {
    /// How the samples are handed on.
    pub(super) format: Format,
    pub(super) bits: Bits,
    /// Channels of a moment as they are stored, of which the last may be padding.
    pub(super) stored: usize,
    /// Where among them each channel is, in the order of [`Format::channels`].
    pub(super) order: &'static [usize],
}

/// As they come.
const PLAIN: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

impl Disc {
    /// Bytes of a header.
    pub(super) fn header(self) -> usize {
        match self {
            Self::BluRay => 4,
            Self::Dvd => 3,
        }
    }

    /// Reads one, or tells what it is that is not read.
    pub(super) fn read(self, header: &[u8]) -> Result<Sound, &'static str> {
        let found = match (self, header) {
            (Self::BluRay, &[_, _, places, bits]) => blu_ray(places, bits),
            (Self::Dvd, &[_, shape, _]) => dvd(shape),
            _ => None,
        };
        found.ok_or(match self {
            Self::BluRay => "the PCM of Blu-ray discs of an unknown kind",
            Self::Dvd => "the PCM of DVDs of an unknown kind",
        })
    }
}

/// Size of the samples, then these two bytes: places and rate, bits.
fn blu_ray(places: u8, bits: u8) -> Option<Sound> {
    let bits = match bits >> 6 {
        1 => Bits::Sixteen,
        2 => Bits::Twenty,
        3 => Bits::TwentyFour,
        _ => return None,
    };
    let rate = match places & 15 {
        1 => 48_000,
        4 => 96_000,
        5 => 192_000,
        _ => return None,
    };
    // Surround channels lie before the subwoofer's, and from side to side.
    let (channels, order): (_, &'static [usize]) = match places >> 4 {
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
    Some(Sound {
        stored: order.len().next_multiple_of(2),
        order,
        format: format(bits, rate, channels),
        bits,
    })
}

/// Emphasis, mute and a number come before, the dynamic range after.
fn dvd(shape: u8) -> Option<Sound> {
    let bits = match shape >> 6 {
        0 => Bits::Sixteen,
        1 => Bits::Twenty,
        2 => Bits::TwentyFour,
        _ => return None,
    };
    let rate = [48_000, 96_000, 44_100, 32_000][usize::from(shape >> 4 & 3)];
    let count = 1 + (shape & 7);
    Some(Sound {
        stored: usize::from(count),
        order: PLAIN.get(..usize::from(count))?,
        format: format(bits, rate, Channels::usual(count.into())?),
        bits,
    })
}

fn format(bits: Bits, rate: u32, channels: Channels) -> Format {
    let codec = match bits {
        Bits::Sixteen => Codec::PcmS16Be,
        _ => Codec::PcmS24Be,
    };
    Format {
        channels: Some(channels),
        ..Format::new(codec, rate)
    }
}
