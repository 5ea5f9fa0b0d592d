//! Temporal noise shaping (ISO/IEC 14496-3, 4.6.9): filters over the spectrum of a window.

use std::f32::consts::FRAC_PI_2;

use super::bit_reader::BitReader;
use super::windows::{FRAME_LENGTH, IcsInfo, SHORT_LENGTH};

/// `TNS_MAX_ORDER` of LC in a long window and in a short one.
const MAX_ORDERS: [usize; 2] = [12, 7];

/// The filters of a channel.
#[derive(Default)]
pub(crate) struct TnsFilters {
    filters: Vec<Filter>,
}

struct Filter {
    window: usize,
    /// Its first band.
    from: usize,
    /// The band after its last.
    to: usize,
    /// Runs from high frequencies to low ones.
    is_downward: bool,
    coefficients: [f32; MAX_ORDERS[0]],
    order: usize,
}

impl TnsFilters {
    /// Reads `tns_data_present` and `tns_data`. `None` where a filter's order is too high.
    pub(crate) fn read(&mut self, bits: &mut BitReader<'_>, info: &IcsInfo) -> Option<()> {
        self.filters.clear();
        let is_present = bits.read_flag();
        if !is_present {
            return Some(());
        }
        let (windows, widths, max_order) = match info.is_long() {
            true => (1, [2, 6, 5], MAX_ORDERS[0]),
            false => (8, [1, 4, 3], MAX_ORDERS[1]),
        };
        let [count_bits, length_bits, order_bits] = widths;
        for window in 0..windows {
            let count = bits.read(count_bits);
            let is_fine = count > 0 && bits.read_flag();
            let mut to = info.band_count();
            for _ in 0..count {
                let from = to.saturating_sub(bits.read(length_bits) as usize);
                let order = bits.read(order_bits) as usize;
                if order > max_order {
                    return None;
                }
                if order > 0 {
                    let is_downward = bits.read_flag();
                    let coefficients = read_coefficients(bits, order, is_fine);
                    self.filters.push(Filter {
                        window,
                        from,
                        to,
                        is_downward,
                        coefficients,
                        order,
                    });
                }
                to = from;
            }
        }
        Some(())
    }

    /// Filters a spectrum.
    pub(crate) fn apply(&self, info: &IcsInfo, spectrum: &mut [f32; FRAME_LENGTH]) {
        let max_bands = info.max_tns_bands().min(info.max_band);
        let offset = |band: usize| usize::from(info.offsets()[band.min(max_bands)]);
        for filter in &self.filters {
            let first = filter.window * SHORT_LENGTH;
            let range = first + offset(filter.from)..first + offset(filter.to);
            let spectrum = &mut spectrum[range];
            let coefficients = &filter.coefficients[..filter.order];
            match filter.is_downward {
                true => run(coefficients, spectrum, |at, last| last - at),
                false => run(coefficients, spectrum, |at, _| at),
            }
        }
    }
}

/// Runs an all-pole filter. `index` maps a step and the last index to the coefficient
/// that the step filters.
#[inline(always)]
fn run(coefficients: &[f32], spectrum: &mut [f32], index: impl Fn(usize, usize) -> usize) {
    let last = spectrum.len().saturating_sub(1);
    // Previous outputs, the latest first.
    let mut outputs = [0.0; MAX_ORDERS[0]];
    for step in 0..spectrum.len() {
        let value = &mut spectrum[index(step, last)];
        let output = coefficients
            .iter()
            .zip(&outputs)
            .fold(*value, |sum, (coefficient, output)| {
                sum - output * coefficient
            });
        *value = output;
        outputs.rotate_right(1);
        outputs[0] = output;
    }
}

/// Reads the reflection coefficients of a filter and converts them to those of its direct
/// form.
fn read_coefficients(
    bits: &mut BitReader<'_>,
    order: usize,
    is_fine: bool,
) -> [f32; MAX_ORDERS[0]] {
    let is_compressed = bits.read_flag();
    let width = 3 + u32::from(is_fine) - u32::from(is_compressed);
    let steps = if is_fine { 8.0 } else { 4.0 };
    let mut filter = [0.0; MAX_ORDERS[0]];
    for number in 0..order {
        let value = bits.read(width) as i32;
        let is_negative = value >> (width - 1) == 1;
        let value = (value - (i32::from(is_negative) << width)) as f32;
        let half = if is_negative { 0.5 } else { -0.5 };
        let reflection = (value / ((steps + half) / FRAC_PI_2)).sin();
        let previous = filter;
        for (at, slot) in filter.iter_mut().enumerate().take(number) {
            *slot = previous[at] + reflection * previous[number - 1 - at];
        }
        filter[number] = reflection;
    }
    filter
}
