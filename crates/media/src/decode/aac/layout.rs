//! Channel configurations (ISO/IEC 14496-3, table 1.19).

use crate::decode::Place;

/// An element with sound in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One channel: `single_channel_element`.
    Single,
    /// Two: `channel_pair_element`.
    Pair,
}

/// A channel configuration (table 1.19).
#[derive(Debug)]
pub(crate) struct Layout {
    /// In the order of the stream.
    pub(crate) elements: &'static [Kind],
    /// Of their channels, and of the low-frequency channel behind them.
    pub(crate) places: &'static [Place],
    /// Whether there is one.
    pub(crate) has_low_frequency: bool,
}

impl Layout {
    /// Of the configurations up to 5.1.
    pub(crate) fn of(configuration: u8) -> Option<&'static Self> {
        LAYOUTS.get(usize::from(configuration).checked_sub(1)?)
    }
}

const LAYOUTS: [Layout; 6] = {
    use Kind::{Pair, Single};
    use Place::{BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Right};
    [
        Layout {
            elements: &[Single],
            places: &[FrontCentre],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Pair],
            places: &[FrontLeft, FrontRight],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair],
            places: &[FrontCentre, FrontLeft, FrontRight],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair, Single],
            places: &[FrontCentre, FrontLeft, FrontRight, BackCentre],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair, Pair],
            places: &[FrontCentre, FrontLeft, FrontRight, Left, Right],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair, Pair],
            places: &[
                FrontCentre,
                FrontLeft,
                FrontRight,
                Left,
                Right,
                LowFrequency,
            ],
            has_low_frequency: true,
        },
    ]
};
