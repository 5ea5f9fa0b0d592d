//! How a channel's 1024 lines are divided (ISO/IEC 14496-3, 4.5.2.3), at 44.1 and 48 kHz.

use std::ops::Range;

use super::bits::Bits;

/// Where the bands of a long window begin, and its end (table 4.129).
const LONG: [u16; 50] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160,
    176, 196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704,
    736, 768, 800, 832, 864, 896, 928, 1024,
];

/// And of a short one (table 4.130).
const SHORT: [u16; 15] = [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];

/// Lines of a short window.
pub(super) const SHORT_LINES: usize = 128;

/// What follows what: `window_sequence`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sequence {
    #[default]
    Long,
    /// A long window, whose end is that of a short one.
    Start,
    /// Eight short ones.
    Short,
    /// A long one, whose beginning is that of a short one.
    Stop,
}

/// Which curve: `window_shape`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    #[default]
    Sine,
    KaiserBessel,
}

/// How a channel is divided: `ics_info`.
#[derive(Clone, Copy, Default)]
pub(super) struct Windows {
    pub(super) sequence: Sequence,
    pub(super) shape: Shape,
    /// Bands that are coded: `max_sfb`.
    pub(super) bands: usize,
    /// How many windows each group has.
    groups: [u8; 8],
    group_count: usize,
}

/// A band of a group of windows.
pub(super) struct Band {
    /// Counted through all groups.
    pub(super) number: usize,
    pub(super) windows: Range<usize>,
    lines: Range<usize>,
}

impl Band {
    /// Its lines in one of its windows.
    pub(super) fn lines_in(&self, window: usize) -> Range<usize> {
        let first = window * SHORT_LINES;
        first + self.lines.start..first + self.lines.end
    }
}

impl Windows {
    /// `None` where it makes no sense or predicts, which LC does not know.
    pub(super) fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let is_reserved = bits.flag();
        let sequence = match bits.read(2) {
            0 => Sequence::Long,
            1 => Sequence::Start,
            2 => Sequence::Short,
            _ => Sequence::Stop,
        };
        let shape = match bits.flag() {
            true => Shape::KaiserBessel,
            false => Shape::Sine,
        };
        let mut windows = Self {
            sequence,
            shape,
            bands: 0,
            groups: [1, 0, 0, 0, 0, 0, 0, 0],
            group_count: 1,
        };
        let is_predicted = if windows.is_long() {
            windows.bands = bits.read(6) as usize;
            bits.flag()
        } else {
            windows.bands = bits.read(4) as usize;
            for _ in 1..8 {
                windows.group_count += usize::from(!bits.flag());
                *windows.groups.get_mut(windows.group_count - 1)? += 1;
            }
            false
        };
        let is_known = !is_reserved && !is_predicted && windows.bands <= windows.band_count();
        is_known.then_some(windows)
    }

    pub(super) fn is_long(&self) -> bool {
        self.sequence != Sequence::Short
    }

    /// Where the bands of a window begin, and its end.
    pub(super) fn offsets(&self) -> &'static [u16] {
        if self.is_long() { &LONG } else { &SHORT }
    }

    /// Bands that a window has, coded or not.
    pub(super) fn band_count(&self) -> usize {
        self.offsets().len() - 1
    }

    pub(super) fn group_count(&self) -> usize {
        self.group_count
    }

    /// Coded bands of all groups.
    pub(super) fn all_bands(&self) -> usize {
        self.bands * self.group_count
    }

    /// The coded bands of all groups, in the order of the stream.
    pub(super) fn each_band(&self) -> Bands {
        Bands {
            of: *self,
            group: 0,
            band: 0,
            number: 0,
            first_window: 0,
        }
    }
}

/// Goes through bands.
pub(super) struct Bands {
    of: Windows,
    /// The next, and where its group begins.
    group: usize,
    band: usize,
    number: usize,
    first_window: usize,
}

impl Iterator for Bands {
    type Item = Band;

    #[inline]
    fn next(&mut self) -> Option<Band> {
        let Windows { bands, groups, .. } = &self.of;
        let mut windows = usize::from(*groups.get(self.group)?);
        if self.band == *bands {
            self.first_window += windows;
            self.group += 1;
            self.band = 0;
            windows = usize::from(*groups.get(self.group)?);
        }
        // Behind the last group come those without windows.
        if windows == 0 || *bands == 0 {
            return None;
        }
        let edges = self.of.offsets().get(self.band..self.band + 2)?;
        let band = Band {
            number: self.number,
            windows: self.first_window..self.first_window + windows,
            lines: usize::from(edges[0])..usize::from(edges[1]),
        };
        self.band += 1;
        self.number += 1;
        Some(band)
    }
}
