//! Channels and their positions.

use std::iter;

/// The position of a channel, as far as the downmix distinguishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelPosition {
    /// Front left.
    FrontLeft,
    /// Front right.
    FrontRight,
    /// Front centre, or the only channel.
    FrontCentre,
    /// The low-frequency effects (LFE) channel.
    LowFrequency,
    /// Any other channel on the left: side, back, wide.
    Left,
    /// Any other channel on the right.
    Right,
    /// Back centre.
    BackCentre,
    /// Any other position, or an unknown one.
    Other,
}

impl ChannelPosition {
    /// The position of a bit of WAVE's `dwChannelMask`.
    fn of_speaker(bit: u32) -> Self {
        match bit {
            0 => Self::FrontLeft,
            1 => Self::FrontRight,
            2 => Self::FrontCentre,
            3 => Self::LowFrequency,
            // Back, centre-left, side.
            4 | 6 | 9 => Self::Left,
            5 | 7 | 10 => Self::Right,
            8 => Self::BackCentre,
            _ => Self::Other,
        }
    }
}

/// The channels of a track as its container describes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// A channel mask as in WAVE (`dwChannelMask`, bits 0 to 17). Channels are in
    /// ascending order of their bits.
    Speakers(u32),
    /// A number of channels whose positions are unknown.
    Count(u16),
}

impl Channels {
    /// One channel.
    pub const MONO: Self = Self::Speakers(0x4);
    /// Front left, right.
    pub const STEREO: Self = Self::Speakers(0x3);
    /// Front left, right, centre.
    pub const FRONT_3: Self = Self::Speakers(0x7);
    /// Front left, right; back centre.
    pub const REAR_3: Self = Self::Speakers(0x103);
    /// Front left, right, centre; back centre.
    pub const SURROUND_4: Self = Self::Speakers(0x107);
    /// Front left, right; back left, right.
    pub const QUAD: Self = Self::Speakers(0x33);
    /// Front left, right; side left, right.
    pub const QUAD_SIDE: Self = Self::Speakers(0x603);
    /// Front left, right, centre; back left, right.
    pub const SURROUND_5: Self = Self::Speakers(0x37);
    /// Front left, right, centre; side left, right.
    pub const SURROUND_5_SIDE: Self = Self::Speakers(0x607);
    /// 5.1 with back speakers.
    pub const SURROUND_5_1: Self = Self::Speakers(0x3f);
    /// 5.1 with side speakers.
    pub const SURROUND_5_1_SIDE: Self = Self::Speakers(0x60f);
    /// 6.1: 5.1 with side speakers, and back centre.
    pub const SURROUND_6_1: Self = Self::Speakers(0x70f);
    /// 7.1 without the low-frequency channel.
    pub const SURROUND_7: Self = Self::Speakers(0x637);
    /// 7.1: back and side speakers.
    pub const SURROUND_7_1: Self = Self::Speakers(0x63f);

    /// The default layout for a number of channels; `None` for zero.
    pub fn usual(count: u16) -> Option<Self> {
        Some(match count {
            0 => return None,
            1 => Self::MONO,
            2 => Self::STEREO,
            3 => Self::FRONT_3,
            4 => Self::QUAD,
            5 => Self::SURROUND_5,
            6 => Self::SURROUND_5_1,
            7 => Self::SURROUND_6_1,
            8 => Self::SURROUND_7_1,
            _ => Self::Count(count),
        })
    }

    /// The layout of a WAVE channel mask if it has `count` defined bits, else the
    /// [default](Self::usual) one.
    pub fn from_wave_mask(mask: u32, count: u16) -> Option<Self> {
        let is_valid = mask >> 18 == 0 && mask.count_ones() == u32::from(count) && count > 0;
        match is_valid {
            true => Some(Self::Speakers(mask)),
            false => Self::usual(count),
        }
    }

    /// Number of channels.
    pub fn count(self) -> usize {
        match self {
            Self::Speakers(mask) => mask.count_ones() as usize,
            Self::Count(count) => usize::from(count),
        }
    }
    /// The position of each channel, in the order of the track.
    pub fn positions(self) -> impl Iterator<Item = ChannelPosition> {
        let (mask, unknown) = match self {
            Self::Speakers(mask) => (mask, 0),
            Self::Count(count) => (0, usize::from(count)),
        };
        let known = (0..18).filter(move |bit| mask >> bit & 1 == 1);
        known
            .map(ChannelPosition::of_speaker)
            .chain(iter::repeat_n(ChannelPosition::Other, unknown))
    }
}
