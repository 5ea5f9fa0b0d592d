//! Keeps a downmix within full scale.
//!
//! The sum of several loud channels can exceed full scale. Clipping would distort it, and a
//! matrix whose sums cannot exceed full scale would make dialogue quiet. Instead the gain is
//! reduced around each peak that is too high, and nowhere else.
//!
//! The gain is a straight line within each block of 10 ms. It falls in the block before a
//! peak, is low enough throughout the block with the peak, and rises slowly afterwards. It
//! depends on less than half a second of the samples before, and blocks begin at absolute
//! positions, so a conversion that starts in the middle produces the same samples.

use std::collections::VecDeque;
use std::ops::Range;

/// The highest level of a limited sample: -0.2 dBFS.
const CEILING: f32 = 0.98;
/// Blocks per second.
const BLOCKS: u32 = 100;
/// How much the gain rises within a block: from a half to 1 in 0.25 s.
const RELEASE: f32 = 0.02;

/// Limits interleaved samples. Holds back at most two blocks.
#[derive(Debug)]
pub(crate) struct Limiter {
    channels: usize,
    /// Samples of a block, of all channels.
    block: usize,
    /// Samples that are held back; they begin with a block.
    held: Vec<f32>,
    /// The highest gain allowed in each complete block that is held.
    allowed: VecDeque<f32>,
    /// Samples of the incomplete block after them, and the highest of its peaks.
    incomplete: (usize, f32),
    /// The gain at the start of the first block; `None` before any block was complete.
    gain: Option<f32>,
    /// Samples at the start of the first block that lie before the limiter's start.
    absent: usize,
}

impl Limiter {
    /// A limiter whose first sample is at position `at` of the whole, in samples per
    /// channel.
    pub(crate) fn new(rate: u32, channels: usize, at: u64) -> Self {
        let block = (rate / BLOCKS).max(1) as usize * channels;
        // Less than a block, so it fits.
        let absent = (at % (block / channels) as u64) as usize * channels;
        Self {
            channels,
            block,
            held: vec![0.0; absent],
            allowed: VecDeque::new(),
            incomplete: (absent, 0.0),
            gain: None,
            absent,
        }
    }

    /// Appends samples, and moves those whose gain is known to `out`. Samples that are not
    /// a sum of channels (`is_sum`) do not lower the gain.
    pub(crate) fn push(&mut self, mut samples: &[f32], is_sum: bool, out: &mut Vec<f32>) {
        while !samples.is_empty() {
            let (length, peak) = self.incomplete;
            let (now, rest) = samples.split_at(samples.len().min(self.block - length));
            samples = rest;
            self.held.extend_from_slice(now);
            let peak = if is_sum { peak.max(peak_of(now)) } else { peak };
            self.incomplete = (length + now.len(), peak);
            if length + now.len() == self.block {
                self.incomplete = (0, 0.0);
                self.allowed.push_back(allowed(peak));
                self.release(out);
            }
        }
    }

    /// Moves all samples to `out`.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) {
        let (_, peak) = std::mem::take(&mut self.incomplete);
        self.allowed.extend([allowed(peak), 1.0, 1.0]);
        self.release(out);
        self.allowed.clear();
        self.held.clear();
    }

    /// Moves the blocks that another block follows.
    fn release(&mut self, out: &mut Vec<f32>) {
        let mut done = 0;
        while let (Some(&here), Some(&next)) = (self.allowed.front(), self.allowed.get(1)) {
            let from = self.gain.unwrap_or(here);
            let to = (from + RELEASE).min(here).min(next);
            let absent = std::mem::take(&mut self.absent);
            let end = (done + self.block).min(self.held.len());
            self.ramp(done..end, absent, (from, to), out);
            done = end;
            self.gain = Some(to);
            self.allowed.pop_front();
        }
        self.held.drain(..done);
    }

    /// Appends a block without its first `absent` samples, multiplied by a gain that changes
    /// from `from` to `to`.
    fn ramp(&self, block: Range<usize>, absent: usize, (from, to): (f32, f32), out: &mut Vec<f32>) {
        let samples = self.held.get(block).unwrap_or_default();
        if from == 1.0 && to == 1.0 {
            out.extend_from_slice(samples.get(absent..).unwrap_or_default());
            return;
        }
        let step = (to - from) / (self.block / self.channels) as f32;
        let frames = samples.chunks_exact(self.channels).enumerate();
        for (at, frame) in frames.skip(absent / self.channels) {
            let gain = from + step * at as f32;
            out.extend(frame.iter().map(|sample| sample * gain));
        }
    }
}

fn peak_of(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak, sample| sample.abs().max(peak))
}

/// The highest gain that keeps a peak at the ceiling.
fn allowed(peak: f32) -> f32 {
    if peak > CEILING { CEILING / peak } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

    fn noise(seconds: u32, level: impl Fn(usize) -> f32) -> Vec<f32> {
        let mut seed = 7u32;
        (0..seconds * RATE * 2)
            .map(|n| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed as f32 / u32::MAX as f32 * 2.0 - 1.0) * level(n as usize)
            })
            .collect()
    }

    fn limit(samples: &[f32], at: u64, size: usize) -> Vec<f32> {
        let (mut limiter, mut out) = (Limiter::new(RATE, 2, at), Vec::new());
        for samples in samples.chunks(size) {
            limiter.push(samples, true, &mut out);
        }
        limiter.finish(&mut out);
        assert_eq!(out.len(), samples.len());
        out
    }

    #[test]
    fn samples_within_full_scale_stay_the_same() {
        let samples = noise(2, |_| 0.97);
        assert!(limit(&samples, 0, 1000) == samples);
        assert!(limit(&samples, 12_345, 2) == samples);
        assert!(limit(&[], 3, 2).is_empty());
    }

    #[test]
    fn no_sum_exceeds_full_scale() {
        let samples = noise(3, |n| if n / 5000 % 3 == 0 { 2.4 } else { 0.5 });
        let limited = limit(&samples, 0, 4096);
        assert!(peak_of(&limited) <= 0.981, "{}", peak_of(&limited));
        // The gain changes slowly, and is 1 far from loud parts.
        let far = 11_000..14_600;
        assert!(limited[far.clone()] == samples[far]);
        let copied = samples.iter().zip(&limited).filter(|(a, b)| a == b);
        assert!(copied.count() > samples.len() / 4);
    }

    #[test]
    fn the_division_into_blocks_and_the_start_change_nothing() {
        let samples = noise(3, |n| 0.3 + (n % 9973) as f32 / 5000.0);
        let whole = limit(&samples, 0, 4096);
        for size in [2, 170, 5000] {
            assert!(limit(&samples, 0, size) == whole);
        }
        for start in [1, 79, 80, 4001] {
            let part = limit(&samples[2 * start..], start as u64, 1024);
            // Half a second later nothing depends on the start.
            let after = RATE as usize;
            assert!(part[after..] == whole[2 * start + after..], "{start}");
        }
    }

    #[test]
    fn samples_that_are_no_sum_stay_the_same() {
        let samples = noise(1, |_| 1.7);
        let (mut limiter, mut out) = (Limiter::new(RATE, 2, 0), Vec::new());
        limiter.push(&samples, false, &mut out);
        limiter.finish(&mut out);
        assert!(out == samples);
    }
}
