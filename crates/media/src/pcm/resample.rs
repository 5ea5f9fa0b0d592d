//! Resamples to a sample rate that the encoder accepts.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

use tonearm_media_core::{FileError, Result};

use crate::samples::gcd;

/// Approximate input samples per round: enough for a cutoff close to half the rate, few
/// enough for the cache.
const ROUND: usize = 2048;
/// Highest sample rate of PCM in ordinary use.
const PCM_RATE: u32 = 192_000;
/// Most input samples of the smallest interval that is a whole number of samples at both
/// rates. Every rate up to [`PCM_RATE`] has at most that; the higher ones in use are
/// multiples of 44.1 or 48 kHz.
const MAX_STEP: u32 = PCM_RATE;

/// A resampler of interleaved samples with a fixed ratio. The output is aligned with the
/// input and exactly as long.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    rate_in: u64,
    rate_out: u64,
    channels: usize,
    pending: Vec<f32>,
    output_buffer: Vec<f32>,
    /// Samples per channel still to discard: the delay of the filter.
    delay: usize,
    frames_in: u64,
    frames_out: u64,
}

impl Resampler {
    /// A resampler between two rates in Hz, which must not be 0.
    pub(crate) fn new(rate_in: u32, rate_out: u32, channels: usize) -> Result<Self> {
        let unusual = FileError::Damaged {
            detail: "a sample rate that cannot be converted",
        };
        // The filter is as long as the smallest whole number of samples of both rates.
        if rate_in / gcd(rate_in, rate_out).max(1) > MAX_STEP {
            return Err(unusual);
        }
        let fft = Fft::new_custom(
            rate_in as usize,
            rate_out as usize,
            // At the rates of DSD, as long in seconds as at the highest rate of PCM.
            ROUND * rate_in.div_ceil(PCM_RATE) as usize,
            1,
            channels,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|_| unusual)?;
        Ok(Self {
            output_buffer: vec![0.0; fft.output_frames_max() * channels],
            delay: fft.output_delay(),
            fft,
            rate_in: u64::from(rate_in),
            rate_out: u64::from(rate_out),
            channels,
            pending: Vec::new(),
            frames_in: 0,
            frames_out: 0,
        })
    }

    /// Reads samples, and appends the resampled ones that are ready to `out`.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> Result<()> {
        self.frames_in += (samples.len() / self.channels) as u64;
        self.pending.extend_from_slice(samples);
        self.run(out)
    }

    /// Appends the remaining samples.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let round = self.fft.input_frames_next() * self.channels;
        while self.frames_out < self.due() {
            self.pending.resize(round, 0.0);
            self.run(out)?;
        }
        Ok(())
    }

    /// Output samples per channel that correspond to all input.
    fn due(&self) -> u64 {
        (self.frames_in * self.rate_out).div_ceil(self.rate_in)
    }

    fn run(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let broken = FileError::Damaged {
            detail: "the resampler failed",
        };
        let frames = self.fft.input_frames_next();
        let mut at = 0;
        while let Some(round) = self.pending.get(at..at + frames * self.channels) {
            at += round.len();
            let room = self.output_buffer.len() / self.channels;
            let input = InterleavedSlice::new(round, self.channels, frames);
            let output = InterleavedSlice::new_mut(&mut self.output_buffer, self.channels, room);
            let (Ok(input), Ok(mut output)) = (input, output) else {
                return Err(broken);
            };
            let Ok((_, produced)) = self.fft.process_into_buffer(&input, &mut output, None) else {
                return Err(broken);
            };
            let skipped = self.delay.min(produced);
            self.delay -= skipped;
            let due = usize::try_from(self.due() - self.frames_out).unwrap_or(usize::MAX);
            let count = (produced - skipped).min(due);
            self.frames_out += count as u64;
            let from = skipped * self.channels;
            out.extend_from_slice(&self.output_buffer[from..from + count * self.channels]);
        }
        self.pending.drain(..at);
        Ok(())
    }
}

/// Chooses the sample rate of the MP3: the source's own or the next higher one. Above all
/// offered rates, it is the highest that divides the source's and suffices for music, else
/// the highest.
pub(crate) fn choose_rate(rate: u32, offered: &[u32]) -> u32 {
    /// Highest useful rate: higher frequencies are inaudible.
    const MAX_RATE: u32 = 48_000;
    /// Lowest rate that carries all audible frequencies.
    const MUSIC: u32 = 44_100;
    let offered = || offered.iter().copied().filter(|&offer| offer <= MAX_RATE);
    offered()
        .filter(|&offer| offer >= rate)
        .min()
        .or_else(|| {
            offered()
                .filter(|&offer| offer >= MUSIC && rate.is_multiple_of(offer))
                .max()
        })
        .or_else(|| offered().max())
        .unwrap_or(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MP3: [u32; 9] = [
        8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
    ];

    #[test]
    fn the_rate_is_kept_or_the_nearest_without_audible_loss() {
        for (rate, expected) in [
            (44_100, 44_100),
            (8000, 8000),
            (7350, 8000),
            (37_800, 44_100),
            (64_000, 48_000),
            (88_200, 44_100),
            (96_000, 48_000),
            (176_400, 44_100),
            (192_000, 48_000),
            (352_800, 44_100),
            (2_822_400, 44_100),
            (3_072_000, 48_000),
        ] {
            assert_eq!(choose_rate(rate, &MP3), expected, "{rate}");
        }
    }

    #[test]
    fn a_tone_keeps_its_phase_and_length() {
        for (rate_in, rate_out) in [(96_000, 48_000), (37_800, 44_100), (7350, 8000)] {
            let tone = |rate: u32, n: usize| {
                (n as f64 * 1000.0 * std::f64::consts::TAU / f64::from(rate)).sin() as f32
            };
            let length = 30_011;
            let source: Vec<f32> = (0..length)
                .flat_map(|n| [tone(rate_in, n), -tone(rate_in, n)])
                .collect();
            let mut resampler = Resampler::new(rate_in, rate_out, 2).unwrap();
            let mut out = Vec::new();
            for piece in source.chunks(1000) {
                resampler.push(piece, &mut out).unwrap();
            }
            resampler.finish(&mut out).unwrap();
            let expected = (length as u64 * u64::from(rate_out)).div_ceil(u64::from(rate_in));
            assert_eq!(out.len() as u64, expected * 2);
            let middle = out.len() / 4;
            for n in middle..middle + 2000 {
                assert!((out[2 * n] - tone(rate_out, n)).abs() < 1e-3);
                assert!((out[2 * n + 1] + out[2 * n]).abs() < 1e-5);
            }
        }
    }
}
