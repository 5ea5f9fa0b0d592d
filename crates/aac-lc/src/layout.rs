//! Channel configurations (ISO/IEC 14496-3, table 1.19).

/// The speaker of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// Centre front.
    FrontCentre,
    /// Left front.
    FrontLeft,
    /// Right front.
    FrontRight,
    /// Left surround.
    SurroundLeft,
    /// Right surround.
    SurroundRight,
    /// Rear surround.
    BackCentre,
    /// Low-frequency effects.
    LowFrequency,
}

/// A syntactic element with audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ElementKind {
    /// `single_channel_element`.
    SingleChannel,
    /// `channel_pair_element`.
    ChannelPair,
}

/// A channel configuration.
#[derive(Debug)]
pub(crate) struct Layout {
    /// In the order of the stream, without the `lfe_channel_element` at the end.
    pub(crate) elements: &'static [ElementKind],
    /// In the order of the stream, the low-frequency channel included.
    pub(crate) speakers: &'static [Speaker],
    /// Whether a `lfe_channel_element` follows `elements`.
    pub(crate) has_lfe: bool,
}

impl Layout {
    /// `configuration` is `channel_configuration`; `None` for 0 and above 6 (5.1).
    pub(crate) fn new(configuration: u8) -> Option<&'static Self> {
        LAYOUTS.get(usize::from(configuration).checked_sub(1)?)
    }
}

const LAYOUTS: [Layout; 6] = {
    use ElementKind::{ChannelPair, SingleChannel};
    use Speaker::{
        BackCentre, FrontCentre, FrontLeft, FrontRight, LowFrequency, SurroundLeft, SurroundRight,
    };
    [
        Layout {
            elements: &[SingleChannel],
            speakers: &[FrontCentre],
            has_lfe: false,
        },
        Layout {
            elements: &[ChannelPair],
            speakers: &[FrontLeft, FrontRight],
            has_lfe: false,
        },
        Layout {
            elements: &[SingleChannel, ChannelPair],
            speakers: &[FrontCentre, FrontLeft, FrontRight],
            has_lfe: false,
        },
        Layout {
            elements: &[SingleChannel, ChannelPair, SingleChannel],
            speakers: &[FrontCentre, FrontLeft, FrontRight, BackCentre],
            has_lfe: false,
        },
        Layout {
            elements: &[SingleChannel, ChannelPair, ChannelPair],
            speakers: &[
                FrontCentre,
                FrontLeft,
                FrontRight,
                SurroundLeft,
                SurroundRight,
            ],
            has_lfe: false,
        },
        Layout {
            elements: &[SingleChannel, ChannelPair, ChannelPair],
            speakers: &[
                FrontCentre,
                FrontLeft,
                FrontRight,
                SurroundLeft,
                SurroundRight,
                LowFrequency,
            ],
            has_lfe: true,
        },
    ]
};
