//! What happens to decoded sound: trimmed, counted, folded, resampled, queued.

use std::time::Duration;

use crate::budget::{Budget, within};
use crate::decode::{self, Pcm};
use crate::demux::{Edit, Packet, Track};
use crate::error::{Limit, Result};
use crate::fold::Fold;
use crate::resample::Resampler;

/// Which part of the decoded track is to be heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    tick_rate: u64,
    edits: Vec<Edit>,
    /// Samples per channel decoded so far.
    at: u64,
    /// Ticks to be thrown away at the start, until the rate is known.
    skip_ticks: u64,
    /// Samples per channel still to be thrown away.
    skip: u64,
}

impl Timeline {
    pub(crate) fn new(track: &Track) -> Self {
        Self {
            tick_rate: u64::from(track.tick_rate),
            edits: track.edits.clone(),
            at: 0,
            // The codec's own word first: ffmpeg has written wrong delays into
            // Matroska for Opus made of speech.
            skip_ticks: match decode::pre_skip(track) {
                pre_skip if pre_skip > 0 && track.edits.is_empty() => pre_skip,
                _ => track.skip,
            },
            skip: 0,
        }
    }

    /// Ticks as samples per channel at `rate`.
    pub(crate) fn samples(&self, ticks: u64, rate: u32) -> u64 {
        if self.tick_rate == 0 || self.tick_rate == u64::from(rate) {
            return ticks;
        }
        let scaled = u128::from(ticks) * u128::from(rate) + u128::from(self.tick_rate / 2);
        u64::try_from(scaled / u128::from(self.tick_rate)).unwrap_or(u64::MAX)
    }

    /// Passes a packet that makes no sound by itself, as Vorbis' first.
    pub(crate) fn pass(&mut self, packet: &Packet, rate: u32) {
        self.at += self.samples(packet.ticks, rate);
    }

    /// Goes past a packet that decodes to so many samples per channel; answers
    /// the first that is to be heard and the first after those.
    pub(crate) fn keep(&mut self, packet: &Packet, whole: u64, rate: u32) -> (u64, u64) {
        let mut from = self.samples(packet.trim_start, rate).min(whole);
        let mut to = whole - self.samples(packet.trim_end, rate).min(whole);
        if packet.is_exact {
            to = to.min(self.samples(packet.ticks, rate));
        }
        let skip_ticks = std::mem::take(&mut self.skip_ticks);
        self.skip += self.samples(skip_ticks, rate);
        let skip = self.skip.min(to.saturating_sub(from));
        self.skip -= skip;
        from += skip;
        if !self.edits.is_empty() {
            (from, to) = self.within_edits(from, to, rate);
        }
        self.at += whole;
        (from, to.max(from))
    }

    /// Samples decoded so far, and those still to be thrown away at the start.
    pub(crate) fn place(&self, rate: u32) -> (u64, u64) {
        (self.at, self.skip + self.samples(self.skip_ticks, rate))
    }

    /// Goes on from such a place.
    pub(crate) fn resume(&mut self, (at, skip): (u64, u64)) {
        (self.at, self.skip, self.skip_ticks) = (at, skip, 0);
    }

    /// The part of a packet that lies in an edit. A packet that reaches over
    /// the pause between two of them keeps the first part only.
    fn within_edits(&self, from: u64, to: u64, rate: u32) -> (u64, u64) {
        self.edits
            .iter()
            .map(|edit| {
                let start = self.samples(edit.start, rate);
                let end = edit.length.map_or(u64::MAX, |length| {
                    self.samples(edit.start.saturating_add(length), rate)
                });
                let from = from.max(start.saturating_sub(self.at));
                (from, to.min(end.saturating_sub(self.at)))
            })
            .find(|(from, to)| from < to)
            .unwrap_or((0, 0))
    }
}

/// Counts what was decoded against the budget.
#[derive(Debug)]
pub(crate) struct Meter {
    budget: Budget,
    seconds: f64,
    samples: u64,
    steps: u64,
}

impl Meter {
    pub(crate) fn new(budget: &Budget) -> Self {
        Self {
            budget: budget.clone(),
            seconds: 0.0,
            samples: 0,
            steps: 0,
        }
    }

    /// The same budget with nothing counted yet.
    pub(crate) fn anew(&self) -> Self {
        Self::new(&self.budget)
    }

    /// Adds a step of the demuxer, whatever came of it.
    pub(crate) fn step(&mut self) -> Result<()> {
        self.steps += 1;
        within(Limit::Items, self.steps, self.budget.max_items)
    }

    /// Adds a decoded packet.
    pub(crate) fn add(&mut self, frames: u64, rate: u32, channels: usize) -> Result<()> {
        let budget = &self.budget;
        budget.check_shape(rate, channels)?;
        self.seconds += frames as f64 / f64::from(rate.max(1));
        let seconds = self.seconds.floor() as u64;
        within(Limit::Seconds, seconds, budget.max_seconds)?;
        let samples = frames.saturating_mul(channels as u64);
        self.samples = self.samples.saturating_add(samples);
        within(Limit::Samples, self.samples, budget.max_samples)
    }
}

/// Folds and resamples into a queue of the output format.
pub(crate) struct Output {
    rate: u32,
    channels: usize,
    fold: Option<Fold>,
    resampler: Option<Resampler>,
    /// Rate of what came in last.
    rate_in: u32,
    folded: Vec<f32>,
    queue: Vec<f32>,
    /// Samples of the queue that were handed out.
    taken: usize,
    /// Samples per channel still to be left out, and then to be handed out.
    skip: u64,
    left: u64,
    /// Where the range begins, in samples per channel.
    start: u64,
    gain: f32,
    /// Samples per channel to be left out before they are resampled.
    skip_in: u64,
}

impl Output {
    /// Of a rate in Hz and so many channels: the samples of `range`, times `gain`.
    pub(crate) fn new(rate: u32, channels: usize, range: (u64, u64), gain: f32) -> Self {
        Self {
            rate,
            channels,
            fold: None,
            resampler: None,
            rate_in: rate,
            folded: Vec::new(),
            queue: Vec::new(),
            taken: 0,
            skip: range.0,
            start: range.0,
            left: range.1.saturating_sub(range.0),
            gain,
            skip_in: 0,
        }
    }

    /// Starts anew in the middle: leaves out `skip_in` of what comes in, then
    /// `skip` of what comes out, and hands out `left` at most.
    pub(crate) fn restart(&mut self, skip_in: u64, skip: u64, left: u64) {
        (self.skip_in, self.skip, self.left) = (skip_in, skip, left);
        (self.resampler, self.rate_in) = (None, self.rate);
        self.queue.clear();
        self.taken = 0;
    }

    /// Takes in a part of decoded sound, in samples per channel; its format may differ
    /// from the last.
    pub(crate) fn push(&mut self, pcm: &Pcm, (from, to): (u64, u64)) -> Result<()> {
        let skip = self.skip_in.min(to - from);
        self.skip_in -= skip;
        // Both are at most what there is.
        let range = (from + skip) as usize..to as usize;
        if pcm.rate != self.rate_in {
            self.finish()?;
            self.rate_in = pcm.rate;
            self.resampler = match pcm.rate == self.rate {
                true => None,
                false => Some(Resampler::new(pcm.rate, self.rate, self.channels)?),
            };
        }
        let fold = match self.fold.take() {
            Some(fold) if fold.fits(&pcm.places) => self.fold.insert(fold),
            _ => self.fold.insert(Fold::new(&pcm.places, self.channels)),
        };
        let from = self.queue.len();
        match &mut self.resampler {
            None => fold.apply(pcm, range, &mut self.queue),
            Some(resampler) => {
                self.folded.clear();
                fold.apply(pcm, range, &mut self.folded);
                resampler.push(&self.folded, &mut self.queue)?;
            }
        }
        self.select(from);
        Ok(())
    }

    /// Keeps of the queue from here on what is in the range, at its level.
    fn select(&mut self, from: usize) {
        let made = (self.queue.len() - from) / self.channels;
        let skip = self.skip.min(made as u64);
        self.skip -= skip;
        let keep = self.left.min(made as u64 - skip);
        self.left -= keep;
        // Both are at most `made`.
        let (skip, keep) = (skip as usize * self.channels, keep as usize * self.channels);
        self.queue.truncate(from + skip + keep);
        if skip > 0 {
            self.queue.drain(from..from + skip);
        }
        if self.gain != 1.0 {
            for sample in self.queue.iter_mut().skip(from) {
                *sample *= self.gain;
            }
        }
    }

    /// Length of the sound where it ends before the range begins.
    pub(crate) fn missed(&self) -> Option<Duration> {
        let made = self.start - self.skip;
        (self.start > 0).then(|| Duration::from_secs_f64(made as f64 / f64::from(self.rate)))
    }

    /// Whether the end of the range is reached.
    pub(crate) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Lets out what the resampler still holds.
    pub(crate) fn finish(&mut self) -> Result<()> {
        let from = self.queue.len();
        if let Some(mut resampler) = self.resampler.take() {
            resampler.finish(&mut self.queue)?;
        }
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
