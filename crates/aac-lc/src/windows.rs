//! Windows, groups and scale factor bands of a channel (ISO/IEC 14496-3, 4.5.2.3).

use std::ops::Range;

use super::band_layout::{BandLayout, MAX_SHORT_BANDS};
use super::bit_reader::BitReader;

/// Coefficients of a frame, and samples that it adds per channel.
pub(crate) const FRAME_LENGTH: usize = 1024;

/// Coefficients of a short window.
pub(crate) const SHORT_LENGTH: usize = 128;

/// Most bands of all groups of a frame: those of eight short windows.
pub(crate) const MAX_BANDS: usize = 8 * MAX_SHORT_BANDS;

/// `window_sequence`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum WindowSequence {
    /// One long window.
    #[default]
    OnlyLong,
    /// A long window that falls as a short one.
    LongStart,
    /// Eight short windows.
    EightShort,
    /// A long window that rises as a short one.
    LongStop,
}

/// `window_shape`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum WindowShape {
    #[default]
    Sine,
    KaiserBesselDerived,
}

/// `ics_info`: how a frame of a channel is divided.
#[derive(Clone, Copy)]
pub(crate) struct IcsInfo {
    layout: &'static BandLayout,
    pub(crate) sequence: WindowSequence,
    pub(crate) shape: WindowShape,
    /// Coded bands per group: `max_sfb`.
    pub(crate) max_band: usize,
    /// Windows per group: `window_group_length`.
    group_lengths: [u8; 8],
    group_count: usize,
}

/// A scale factor band of a group of windows.
pub(crate) struct Band {
    /// Counted through all groups.
    pub(crate) index: usize,
    pub(crate) windows: Range<usize>,
    coefficients: Range<usize>,
}

impl Band {
    /// The band's coefficients in one of its windows, as a range of the spectrum.
    pub(crate) fn coefficients_in(&self, window: usize) -> Range<usize> {
        let first = window * SHORT_LENGTH;
        first + self.coefficients.start..first + self.coefficients.end
    }
}

impl IcsInfo {
    /// One long window without coded bands.
    pub(crate) fn new(layout: &'static BandLayout) -> Self {
        Self {
            layout,
            sequence: WindowSequence::default(),
            shape: WindowShape::default(),
            max_band: 0,
            group_lengths: [1, 0, 0, 0, 0, 0, 0, 0],
            group_count: 1,
        }
    }

    /// `None` where it is invalid or uses prediction, which LC does not have.
    pub(crate) fn read(bits: &mut BitReader<'_>, layout: &'static BandLayout) -> Option<Self> {
        let is_reserved = bits.read_flag();
        let sequence = match bits.read(2) {
            0 => WindowSequence::OnlyLong,
            1 => WindowSequence::LongStart,
            2 => WindowSequence::EightShort,
            _ => WindowSequence::LongStop,
        };
        let shape = match bits.read_flag() {
            true => WindowShape::KaiserBesselDerived,
            false => WindowShape::Sine,
        };
        let mut info = Self {
            sequence,
            shape,
            ..Self::new(layout)
        };
        let is_predicted = if info.is_long() {
            info.max_band = bits.read(6) as usize;
            bits.read_flag()
        } else {
            info.max_band = bits.read(4) as usize;
            for _ in 1..8 {
                info.group_count += usize::from(!bits.read_flag());
                *info.group_lengths.get_mut(info.group_count - 1)? += 1;
            }
            false
        };
        let is_valid = !is_reserved && !is_predicted && info.max_band <= info.band_count();
        is_valid.then_some(info)
    }

    pub(crate) fn is_long(&self) -> bool {
        self.sequence != WindowSequence::EightShort
    }

    /// The first coefficient of each band of a window, and the end of the last.
    pub(crate) fn offsets(&self) -> &'static [u16] {
        if self.is_long() {
            self.layout.long
        } else {
            self.layout.short
        }
    }

    /// Bands of a window that temporal noise shaping reaches.
    pub(crate) fn max_tns_bands(&self) -> usize {
        let [long, short] = self.layout.max_tns_bands;
        if self.is_long() { long } else { short }
    }

    /// Bands of a window, coded or not.
    pub(crate) fn band_count(&self) -> usize {
        self.offsets().len() - 1
    }

    pub(crate) fn group_count(&self) -> usize {
        self.group_count
    }

    /// Coded bands of all groups.
    pub(crate) fn coded_band_count(&self) -> usize {
        self.max_band * self.group_count
    }

    /// The coded bands of all groups, in the order of the stream.
    pub(crate) fn bands(&self) -> Bands {
        Bands {
            info: *self,
            group: 0,
            band: 0,
            index: 0,
            first_window: 0,
        }
    }
}

/// Iterates over coded bands.
pub(crate) struct Bands {
    info: IcsInfo,
    /// Group of the next band.
    group: usize,
    /// The next band, within its group.
    band: usize,
    /// The next band, within the frame.
    index: usize,
    first_window: usize,
}

impl Iterator for Bands {
    type Item = Band;

    #[inline]
    fn next(&mut self) -> Option<Band> {
        let IcsInfo {
            max_band,
            group_lengths,
            ..
        } = &self.info;
        let mut windows = usize::from(*group_lengths.get(self.group)?);
        if self.band == *max_band {
            self.first_window += windows;
            self.group += 1;
            self.band = 0;
            windows = usize::from(*group_lengths.get(self.group)?);
        }
        // The groups after the last have no windows.
        if windows == 0 || *max_band == 0 {
            return None;
        }
        let edges = self.info.offsets().get(self.band..self.band + 2)?;
        let band = Band {
            index: self.index,
            windows: self.first_window..self.first_window + windows,
            coefficients: usize::from(edges[0])..usize::from(edges[1]),
        };
        self.band += 1;
        self.index += 1;
        Some(band)
    }
}
