//! How the spectrum is divided at each sample rate (ISO/IEC 14496-3, 4.5.4 and 4.6.9.4).

/// The scale factor bands of a sample rate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BandLayout {
    /// `swb_offset_long_window`, and its end.
    pub(crate) long: &'static [u16],
    /// `swb_offset_short_window`, and its end.
    pub(crate) short: &'static [u16],
    /// `TNS_MAX_BANDS` of LC in a long window and in a short one: LC never filters the bands
    /// above.
    pub(crate) max_tns_bands: [usize; 2],
}

/// Most bands of a short window, at any sample rate.
pub(crate) const MAX_SHORT_BANDS: usize = 15;

impl BandLayout {
    /// The layout of 48 kHz.
    pub(crate) const COMMON: &'static Self = &LAYOUTS[2];

    /// The layout of a sample rate in Hz; `None` where no `samplingFrequencyIndex` stands for
    /// it.
    pub(crate) fn of(sample_rate: u32) -> Option<&'static Self> {
        let layout = match sample_rate {
            96_000 | 88_200 => 0,
            64_000 => 1,
            48_000 => 2,
            44_100 => 3,
            32_000 => 4,
            24_000 | 22_050 => 5,
            16_000 | 12_000 | 11_025 => 6,
            8_000 | 7_350 => 7,
            _ => return None,
        };
        LAYOUTS.get(layout)
    }
}

/// By falling sample rate.
static LAYOUTS: [BandLayout; 8] = [
    BandLayout {
        long: &LONG_96,
        short: &SHORT_96,
        max_tns_bands: [31, 9],
    },
    BandLayout {
        long: &LONG_64,
        short: &SHORT_96,
        max_tns_bands: [34, 10],
    },
    BandLayout {
        long: &LONG_48,
        short: &SHORT_48,
        max_tns_bands: [40, 14],
    },
    BandLayout {
        long: &LONG_48,
        short: &SHORT_48,
        max_tns_bands: [42, 14],
    },
    BandLayout {
        long: &LONG_32,
        short: &SHORT_48,
        max_tns_bands: [51, 14],
    },
    BandLayout {
        long: &LONG_24,
        short: &SHORT_24,
        max_tns_bands: [46, 14],
    },
    BandLayout {
        long: &LONG_16,
        short: &SHORT_16,
        max_tns_bands: [42, 14],
    },
    BandLayout {
        long: &LONG_8,
        short: &SHORT_8,
        max_tns_bands: [39, 14],
    },
];

const LONG_96: [u16; 42] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96, 108, 120, 132,
    144, 156, 172, 188, 212, 240, 276, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024,
];
const LONG_64: [u16; 48] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 100, 112, 124, 140,
    156, 172, 192, 216, 240, 268, 304, 344, 384, 424, 464, 504, 544, 584, 624, 664, 704, 744, 784,
    824, 864, 904, 944, 984, 1024,
];
const LONG_48: [u16; 50] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160,
    176, 196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704,
    736, 768, 800, 832, 864, 896, 928, 1024,
];
const LONG_32: [u16; 52] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160,
    176, 196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704,
    736, 768, 800, 832, 864, 896, 928, 960, 992, 1024,
];
const LONG_24: [u16; 48] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136,
    148, 160, 172, 188, 204, 220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652,
    704, 768, 832, 896, 960, 1024,
];
const LONG_16: [u16; 44] = [
    0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212,
    228, 244, 260, 280, 300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832,
    896, 960, 1024,
];
const LONG_8: [u16; 41] = [
    0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268,
    288, 308, 328, 348, 372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944,
    1024,
];

const SHORT_96: [u16; 13] = [0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92, 128];
const SHORT_48: [u16; 15] = [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];
const SHORT_24: [u16; 16] = [
    0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108, 128,
];
const SHORT_16: [u16; 16] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108, 128,
];
const SHORT_8: [u16; 16] = [
    0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108, 128,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_fill_the_window() {
        for layout in &LAYOUTS {
            for (offsets, end) in [(layout.long, 1024), (layout.short, 128)] {
                assert!(offsets.is_sorted_by(|a, b| a < b));
                assert_eq!((offsets.first(), offsets.last()), (Some(&0), Some(&end)));
            }
            assert!(layout.short.len() - 1 <= MAX_SHORT_BANDS);
        }
    }
}
