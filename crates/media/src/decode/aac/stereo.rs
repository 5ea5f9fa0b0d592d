//! What the channels of a pair share (ISO/IEC 14496-3, 4.6.8): sums and differences, and
//! intensity.

use super::bits::Bits;
use super::channel::{Channel, MOST_BANDS};
use super::windows::Windows;

/// Which bands of a pair are coded as their sum and difference: `ms_mask_present`.
pub(super) struct Mask {
    is_told: bool,
    bands: [bool; MOST_BANDS],
}

impl Mask {
    pub(super) fn read(bits: &mut Bits<'_>, windows: &Windows) -> Option<Self> {
        const NONE: u32 = 0;
        const TOLD: u32 = 1;
        const ALL: u32 = 2;
        let kind = bits.read(2);
        let mut bands = [kind == ALL; MOST_BANDS];
        match kind {
            NONE | ALL => {}
            TOLD => {
                let told = bands.iter_mut().take(windows.all_bands());
                told.for_each(|band| *band = bits.flag());
            }
            _ => return None,
        }
        Some(Self {
            is_told: kind == TOLD,
            bands,
        })
    }

    /// Makes left and right of what the channels of a pair hold that share their windows.
    pub(super) fn apply(&self, left: &mut Channel, right: &mut Channel) {
        for band in left.windows.each_band() {
            let is_used = self.bands[band.number];
            let intensity = right.intensity(band.number);
            if intensity.is_none()
                && (!is_used || left.is_noise(band.number) || right.is_noise(band.number))
            {
                continue;
            }
            for window in band.windows.clone() {
                let lines = band.lines_in(window);
                let pairs = left.lines[lines.clone()]
                    .iter_mut()
                    .zip(&mut right.lines[lines]);
                match intensity {
                    Some(scale) => {
                        let scale = if self.is_told && is_used {
                            -scale
                        } else {
                            scale
                        };
                        pairs.for_each(|(left, right)| *right = scale * *left);
                    }
                    None => pairs.for_each(|(left, right)| {
                        (*left, *right) = (*left + *right, *left - *right);
                    }),
                }
            }
        }
    }
}
