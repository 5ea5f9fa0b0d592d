//! Joint stereo: mid/side and intensity (ISO/IEC 14496-3, 4.6.8).

use super::bit_reader::BitReader;
use super::channel_stream::ChannelStream;
use super::windows::{IcsInfo, MAX_BANDS};

/// Which bands of a pair are coded as mid and side: `ms_mask_present` and `ms_used`.
pub(crate) struct MsMask {
    /// Whether the mask lists the bands, rather than none or all.
    is_listed: bool,
    used: [bool; MAX_BANDS],
}

impl MsMask {
    pub(crate) fn read(bits: &mut BitReader<'_>, info: &IcsInfo) -> Option<Self> {
        const NONE: u32 = 0;
        const LISTED: u32 = 1;
        const ALL: u32 = 2;
        let present = bits.read(2);
        let mut used = [present == ALL; MAX_BANDS];
        match present {
            NONE | ALL => {}
            LISTED => {
                let listed = used.iter_mut().take(info.coded_band_count());
                listed.for_each(|band| *band = bits.read_flag());
            }
            _ => return None,
        }
        Some(Self {
            is_listed: present == LISTED,
            used,
        })
    }

    /// Turns the coded channels of a pair with a common `ics_info` into left and right.
    pub(crate) fn apply(&self, left: &mut ChannelStream, right: &mut ChannelStream) {
        for band in left.info.bands() {
            let is_used = self.used[band.index];
            let intensity = right.intensity(band.index);
            if intensity.is_none()
                && (!is_used || left.is_noise(band.index) || right.is_noise(band.index))
            {
                continue;
            }
            for window in band.windows.clone() {
                let range = band.coefficients_in(window);
                let pairs = left.spectrum[range.clone()]
                    .iter_mut()
                    .zip(&mut right.spectrum[range]);
                match intensity {
                    Some(gain) => {
                        // With intensity stereo, `ms_used` inverts the phase.
                        let gain = if self.is_listed && is_used {
                            -gain
                        } else {
                            gain
                        };
                        pairs.for_each(|(left, right)| *right = gain * *left);
                    }
                    None => pairs.for_each(|(left, right)| {
                        (*left, *right) = (*left + *right, *left - *right);
                    }),
                }
            }
        }
    }
}
