//! From a sample rate that the encoder does not take to one that it does.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

use tonearm_media_core::{FileError, Result};

/// Samples that one round takes in, more or less: long enough for a cutoff
/// close below half the rate, short enough for the cache.
const ROUND: usize = 2048;

/// A resampler of a fixed ratio, for interleaved samples. What comes out is
/// aligned with what went in, and exactly as long.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    rate_in: u64,
    rate_out: u64,
    channels: usize,
    waiting: Vec<f32>,
    made: Vec<f32>,
    /// Samples per channel still to be dropped: the filter's delay.
    delay: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// From one rate to another, both in Hz and not 0.
    pub(crate) fn new(rate_in: u32, rate_out: u32, channels: usize) -> Result<Self> {
        let fft = Fft::new_custom(
            rate_in as usize,
            rate_out as usize,
            ROUND,
            1,
            channels,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|_| FileError::Damaged {
            detail: "a sample rate that cannot be converted",
        })?;
        Ok(Self {
            made: vec![0.0; fft.output_frames_max() * channels],
            delay: fft.output_delay(),
            fft,
            rate_in: u64::from(rate_in),
            rate_out: u64::from(rate_out),
            channels,
            waiting: Vec::new(),
            taken: 0,
            given: 0,
        })
    }

    /// Takes samples and appends to `out` those that are ready.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> Result<()> {
        self.taken += (samples.len() / self.channels) as u64;
        self.waiting.extend_from_slice(samples);
        self.run(out)
    }

    /// Appends the rest.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let round = self.fft.input_frames_next() * self.channels;
        while self.given < self.due() {
            self.waiting.resize(round, 0.0);
            self.run(out)?;
        }
        Ok(())
    }

    /// Samples per channel that belong to all that was taken.
    fn due(&self) -> u64 {
        (self.taken * self.rate_out).div_ceil(self.rate_in)
    }

    fn run(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let broken = FileError::Damaged {
            detail: "the resampler failed",
        };
        let frames = self.fft.input_frames_next();
        let mut at = 0;
        while let Some(round) = self.waiting.get(at..at + frames * self.channels) {
            at += round.len();
            let room = self.made.len() / self.channels;
            let input = InterleavedSlice::new(round, self.channels, frames);
            let output = InterleavedSlice::new_mut(&mut self.made, self.channels, room);
            let (Ok(input), Ok(mut output)) = (input, output) else {
                return Err(broken);
            };
            let Ok((_, made)) = self.fft.process_into_buffer(&input, &mut output, None) else {
                return Err(broken);
            };
            let skipped = self.delay.min(made);
            self.delay -= skipped;
            let due = usize::try_from(self.due() - self.given).unwrap_or(usize::MAX);
            let count = (made - skipped).min(due);
            self.given += count as u64;
            let from = skipped * self.channels;
            out.extend_from_slice(&self.made[from..from + count * self.channels]);
        }
        self.waiting.drain(..at);
        Ok(())
    }
}

/// The rate to encode at: the source's own if the encoder has it, else the
/// nearest above; above the highest, one that divides the source's evenly if it
/// is good enough for music, else the highest.
pub(crate) fn choose_rate(rate: u32, offered: &[u32]) -> u32 {
    /// Highest rate that is asked for: what lies above is not heard.
    const ENOUGH: u32 = 48_000;
    /// Rates from here on carry all that is heard.
    const MUSIC: u32 = 44_100;
    let offered = || offered.iter().copied().filter(|&offer| offer <= ENOUGH);
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
    fn the_rate_is_kept_or_the_nearest_that_loses_nothing() {
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
        ] {
            assert_eq!(choose_rate(rate, &MP3), expected, "{rate}");
        }
    }

    #[test]
    fn a_tone_stays_in_place_and_keeps_its_length() {
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
