//! Decoded audio in the output format: downmixed, resampled, limited, queued.

use std::time::Duration;

use tonearm_media_core::{Pcm, Result};

use crate::pcm::downmix::Downmix;
use crate::pcm::limiter::Limiter;
use crate::pcm::meter::Meter;
use crate::pcm::resample::Resampler;

/// Downmixes and resamples into a queue of the output format.
pub(crate) struct Output {
    rate: u32,
    channels: usize,
    downmix: Option<Downmix>,
    resampler: Option<Resampler>,
    /// Present from the first downmix that can exceed full scale.
    limiter: Option<Limiter>,
    /// Position of the next sample before the limiter, in samples per channel.
    at: u64,
    /// Rate of the last input.
    rate_in: u32,
    /// Whether the last input was a downmix that can exceed full scale.
    is_sum: bool,
    mixed: Vec<f32>,
    resampled: Vec<f32>,
    queue: Vec<f32>,
    /// Samples of the queue that were taken.
    taken: usize,
    /// Samples per channel still to discard.
    skip: u64,
    /// Samples per channel still to output after those.
    left: u64,
    /// Start of the range, in samples per channel.
    start: u64,
    gain: f32,
    /// Samples per channel to discard before resampling.
    skip_in: u64,
    meter: Meter,
}

impl Output {
    /// Outputs the samples of `range`, multiplied by `gain`.
    pub(crate) fn new(rate: u32, channels: usize, range: (u64, u64), gain: f32) -> Self {
        Self {
            rate,
            channels,
            downmix: None,
            resampler: None,
            limiter: None,
            at: 0,
            rate_in: rate,
            is_sum: false,
            mixed: Vec::new(),
            resampled: Vec::new(),
            queue: Vec::new(),
            taken: 0,
            skip: range.0,
            start: range.0,
            left: range.1.saturating_sub(range.0),
            gain,
            skip_in: 0,
            meter: Meter::default(),
        }
    }

    /// Restarts in the middle, at position `at`: discards `skip_in` samples of the input,
    /// then `skip` of the output, and outputs at most `left`.
    pub(crate) fn restart(&mut self, at: u64, skip_in: u64, skip: u64, left: u64) {
        (self.at, self.limiter) = (at, None);
        (self.skip_in, self.skip, self.left) = (skip_in, skip, left);
        (self.resampler, self.rate_in) = (None, self.rate);
        self.queue.clear();
        self.taken = 0;
        self.meter = Meter::default();
    }

    /// The measurements of the output so far.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Appends the samples `from..to` per channel of decoded audio, whose format may differ
    /// from that of the last.
    pub(crate) fn push(&mut self, pcm: &Pcm, (from, to): (u64, u64)) -> Result<()> {
        let skip = self.skip_in.min(to - from);
        self.skip_in -= skip;
        // Both are at most the length of `pcm`, so they fit.
        let range = (from + skip) as usize..to as usize;
        if pcm.rate != self.rate_in {
            self.flush_resampler()?;
            self.rate_in = pcm.rate;
            self.resampler = match pcm.rate == self.rate {
                true => None,
                false => Some(Resampler::new(pcm.rate, self.rate, self.channels)?),
            };
        }
        let downmix = match self.downmix.take() {
            Some(downmix) if downmix.fits(&pcm.positions) => self.downmix.insert(downmix),
            _ => self
                .downmix
                .insert(Downmix::new(&pcm.positions, self.channels)),
        };
        self.is_sum = downmix.can_exceed_full_scale();
        if self.is_sum && self.limiter.is_none() {
            self.limiter = Some(Limiter::new(self.rate, self.channels, self.at));
        }
        let from = self.queue.len();
        let out = match self.limiter {
            None => &mut self.queue,
            Some(_) => &mut self.resampled,
        };
        let before = out.len();
        match &mut self.resampler {
            None => {
                downmix.apply(pcm, range.clone(), out);
                if self.channels == 1 {
                    let mono = out.get(before..).unwrap_or_default();
                    self.meter.downmix(pcm, range, mono);
                }
            }
            Some(resampler) => {
                self.mixed.clear();
                downmix.apply(pcm, range.clone(), &mut self.mixed);
                if self.channels == 1 {
                    self.meter.downmix(pcm, range, &self.mixed);
                }
                resampler.push(&self.mixed, out)?;
            }
        }
        self.at += ((out.len() - before) / self.channels) as u64;
        self.limit();
        self.select(from);
        Ok(())
    }

    /// Moves resampled audio through the limiter.
    fn limit(&mut self) {
        if let Some(limiter) = &mut self.limiter {
            limiter.push(&self.resampled, self.is_sum, &mut self.queue);
            self.resampled.clear();
        }
    }

    /// Removes samples outside the range from the queue, from index `from` on, and applies
    /// the gain to the others.
    fn select(&mut self, from: usize) {
        let produced = (self.queue.len() - from) / self.channels;
        let skip = self.skip.min(produced as u64);
        self.skip -= skip;
        let keep = self.left.min(produced as u64 - skip);
        self.left -= keep;
        // Both are at most `produced`, so they fit.
        let (skip, keep) = (skip as usize * self.channels, keep as usize * self.channels);
        self.queue.truncate(from + skip + keep);
        if skip > 0 {
            self.queue.drain(from..from + skip);
        }
        self.meter
            .output(self.queue.get(from..).unwrap_or_default());
        if self.gain != 1.0 {
            for sample in self.queue.iter_mut().skip(from) {
                *sample *= self.gain;
            }
        }
    }

    /// Length of the audio, which ends before the range begins; `None` if the range begins
    /// at zero.
    pub(crate) fn missed(&self) -> Option<Duration> {
        let produced = self.start - self.skip;
        (self.start > 0).then(|| Duration::from_secs_f64(produced as f64 / f64::from(self.rate)))
    }

    /// Whether the end of the range was reached.
    pub(crate) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Outputs everything that is held back.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.flush_resampler()?;
        let from = self.queue.len();
        if let Some(mut limiter) = self.limiter.take() {
            limiter.finish(&mut self.queue);
        }
        self.select(from);
        Ok(())
    }

    fn flush_resampler(&mut self) -> Result<()> {
        let from = self.queue.len();
        if let Some(mut resampler) = self.resampler.take() {
            let out = match self.limiter {
                None => &mut self.queue,
                Some(_) => &mut self.resampled,
            };
            let before = out.len();
            resampler.finish(out)?;
            self.at += ((out.len() - before) / self.channels) as u64;
        }
        self.limit();
        self.select(from);
        Ok(())
    }

    /// Samples per channel that are ready.
    pub(crate) fn ready(&self) -> usize {
        (self.queue.len() - self.taken) / self.channels
    }

    /// Appends up to `frames` samples per channel to `block`.
    pub(crate) fn take(&mut self, frames: usize, block: &mut Vec<f32>) {
        let count = self.ready().min(frames) * self.channels;
        if block.is_empty() && self.taken == 0 && count == self.queue.len() {
            std::mem::swap(block, &mut self.queue);
            return;
        }
        block.extend_from_slice(&self.queue[self.taken..self.taken + count]);
        self.taken += count;
        if self.taken == self.queue.len() {
            self.queue.clear();
            self.taken = 0;
        }
    }
}
