//! Temporal noise shaping (ISO/IEC 14496-3, 4.6.9): filters along the lines of a window.

use std::f32::consts::FRAC_PI_2;

use super::bits::Bits;
use super::channel::LINES;
use super::windows::{SHORT_LINES, Windows};

/// Most coefficients that LC knows, in a long window and in a short one.
const MOST: [usize; 2] = [12, 7];
/// Bands from here on are never filtered by LC, at 44.1 and at 48 kHz.
const LONG_BANDS: [usize; 2] = [42, 40];
const SHORT_BANDS: usize = 14;

/// The filters of a channel.
#[derive(Default)]
pub(super) struct Shaping {
    filters: Vec<Filter>,
}

struct Filter {
    window: usize,
    /// Its bands.
    from: usize,
    to: usize,
    is_downward: bool,
    coefficients: [f32; MOST[0]],
    order: usize,
}

impl Shaping {
    /// Reads `tns_data`.
    pub(super) fn read(&mut self, bits: &mut Bits<'_>, windows: &Windows) -> Option<()> {
        self.filters.clear();
        let is_present = bits.flag();
        if !is_present {
            return Some(());
        }
        let (count, widths, most) = match windows.is_long() {
            true => (1, [2, 6, 5], MOST[0]),
            false => (8, [1, 4, 3], MOST[1]),
        };
        let [filters, length, order] = widths;
        for window in 0..count {
            let filters = bits.read(filters);
            let is_fine = filters > 0 && bits.flag();
            let mut to = windows.band_count();
            for _ in 0..filters {
                let from = to.saturating_sub(bits.read(length) as usize);
                let order = bits.read(order) as usize;
                if order > most {
                    return None;
                }
                if order > 0 {
                    let is_downward = bits.flag();
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

    /// Filters the lines.
    pub(super) fn apply(&self, windows: &Windows, rate: u32, lines: &mut [f32; LINES]) {
        let most = match (windows.is_long(), rate) {
            (false, _) => SHORT_BANDS,
            (true, 44_100) => LONG_BANDS[0],
            (true, _) => LONG_BANDS[1],
        };
        let most = most.min(windows.bands);
        let edge = |band: usize| usize::from(windows.offsets()[band.min(most)]);
        for filter in &self.filters {
            let first = filter.window * SHORT_LINES;
            let lines = &mut lines[first + edge(filter.from)..first + edge(filter.to)];
            let coefficients = &filter.coefficients[..filter.order];
            match filter.is_downward {
                true => run(coefficients, lines, |at, last| last - at),
                false => run(coefficients, lines, |at, _| at),
            }
        }
    }
}

/// An all-pole filter along lines in the order that `place` tells.
#[inline(always)]
fn run(coefficients: &[f32], lines: &mut [f32], place: impl Fn(usize, usize) -> usize) {
    let last = lines.len().saturating_sub(1);
    // What came out last, the latest first.
    let mut before = [0.0; MOST[0]];
    for at in 0..lines.len() {
        let line = &mut lines[place(at, last)];
        let out = coefficients
            .iter()
            .zip(&before)
            .fold(*line, |sum, (coefficient, before)| {
                sum - before * coefficient
            });
        *line = out;
        before.rotate_right(1);
        before[0] = out;
    }
}

/// The coefficients of a filter, of reflections that are read.
fn read_coefficients(bits: &mut Bits<'_>, order: usize, is_fine: bool) -> [f32; MOST[0]] {
    let is_compressed = bits.flag();
    let width = 3 + u32::from(is_fine) - u32::from(is_compressed);
    let steps = if is_fine { 8.0 } else { 4.0 };
    let mut filter = [0.0; MOST[0]];
    for number in 0..order {
        let value = bits.read(width) as i32;
        let is_negative = value >> (width - 1) == 1;
        let value = (value - (i32::from(is_negative) << width)) as f32;
        let half = if is_negative { 0.5 } else { -0.5 };
        let reflection = (value / ((steps + half) / FRAC_PI_2)).sin();
        let before = filter;
        for (at, slot) in filter.iter_mut().enumerate().take(number) {
            *slot = before[at] + reflection * before[number - 1 - at];
        }
        filter[number] = reflection;
    }
    filter
}
