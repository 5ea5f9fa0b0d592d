//! What a conversion finds out about its audio while it passes: whether there is any sound,
//! and how much of it a downmix to mono cancels.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tonearm_media_core::{Pcm, SampleLayout};

/// The smallest amplitude that counts as sound: -80 dBFS. Decoders of lossy codecs output
/// noise below it for digital silence.
const SOUND: f32 = 1e-4;
/// Mean square of both channels above which their cancellation matters: -60 dBFS.
const AUDIBLE: f64 = 1e-6;
/// Share of the power that a downmix loses where the channels cancel: all but -20 dB.
const CANCELLED: f64 = 0.01;

/// Measures audio. The measurements of segments add up to those of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meter {
    has_sound: bool,
    /// Samples per channel that were mixed from two channels to one.
    mixed: u64,
    /// Sum of their squares, as the mean of both channels.
    before: f64,
    /// Sum of the squares of the result.
    after: f64,
}

impl Meter {
    /// Measures the output.
    pub(crate) fn output(&mut self, samples: &[f32]) {
        self.has_sound = self.has_sound || samples.iter().any(|sample| sample.abs() >= SOUND);
    }

    /// Measures a range of stereo PCM, and its downmix to mono.
    pub(crate) fn downmix(&mut self, pcm: &Pcm, range: Range<usize>, mono: &[f32]) {
        let frames = pcm.frames();
        if pcm.positions.len() != 2 || range.end > frames {
            return;
        }
        self.before += match pcm.layout {
            SampleLayout::Planar => {
                let (left, right) = pcm.samples.split_at(frames);
                power(&left[range.clone()]) + power(&right[range.clone()])
            }
            SampleLayout::Interleaved => power(&pcm.samples[2 * range.start..2 * range.end]),
        } / 2.0;
        self.after += power(mono);
        self.mixed += range.len() as u64;
    }

    /// Adds the measurements of another part.
    pub(crate) fn add(&mut self, other: &Self) {
        self.has_sound |= other.has_sound;
        self.mixed += other.mixed;
        self.before += other.before;
        self.after += other.after;
    }

    /// Whether there was any sound.
    pub(crate) fn has_sound(&self) -> bool {
        self.has_sound
    }

    /// Whether the channels of audible stereo cancelled each other in mono.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.before > AUDIBLE * self.mixed.max(1) as f64 && self.after < CANCELLED * self.before
    }
}

/// Sum of squares. Lanes let the compiler vectorize it.
fn power(samples: &[f32]) -> f64 {
    let mut lanes = [0.0; 8];
    let (chunks, rest) = samples.as_chunks::<8>();
    for chunk in chunks {
        for (lane, sample) in lanes.iter_mut().zip(chunk) {
            *lane += sample * sample;
        }
    }
    let rest = rest.iter().map(|sample| sample * sample);
    let sum: f64 = lanes.into_iter().chain(rest).map(f64::from).sum();
    // Samples that are not finite become silence.
    if sum.is_finite() { sum } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonearm_media_core::ChannelPosition;

    fn measured(left: &[f32], right: &[f32]) -> Meter {
        let mono: Vec<f32> = left.iter().zip(right).map(|(l, r)| (l + r) / 2.0).collect();
        let positions = vec![ChannelPosition::FrontLeft, ChannelPosition::FrontRight];
        let planar = Pcm {
            samples: [left, right].concat(),
            layout: SampleLayout::Planar,
            rate: 48_000,
            positions,
        };
        let pairs = left.iter().zip(right);
        let interleaved = Pcm {
            samples: pairs.flat_map(|(&l, &r)| [l, r]).collect(),
            layout: SampleLayout::Interleaved,
            ..planar.clone()
        };
        let meters = [planar, interleaved].map(|pcm| {
            let mut meter = Meter::default();
            meter.downmix(&pcm, 0..left.len(), &mono);
            meter.output(&mono);
            meter
        });
        let difference = (meters[0].before - meters[1].before).abs();
        assert!(difference <= 1e-4 * meters[0].before);
        meters[0]
    }

    #[test]
    fn only_opposite_phases_cancel() {
        let tone: Vec<f32> = (0..9999).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
        let other: Vec<f32> = (0..9999).map(|n| (n as f32 * 0.31).sin() * 0.5).collect();
        let opposite: Vec<f32> = tone.iter().map(|sample| -sample).collect();
        let weaker: Vec<f32> = tone.iter().map(|sample| -sample * 0.5).collect();
        let silence = vec![0.0; 9999];
        let quiet: Vec<f32> = tone.iter().map(|sample| sample * 1e-4).collect();
        let quiet_opposite: Vec<f32> = quiet.iter().map(|sample| -sample).collect();
        assert!(measured(&tone, &opposite).is_cancelled());
        for (left, right) in [
            (&tone, &tone),
            (&tone, &other),
            (&tone, &silence),
            (&tone, &weaker),
            (&silence, &silence),
            (&quiet, &quiet_opposite),
        ] {
            assert!(!measured(left, right).is_cancelled());
        }
        assert!(measured(&tone, &silence).has_sound());
        assert!(!measured(&silence, &silence).has_sound());
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let tone: Vec<f32> = (0..1000).map(|n| (n as f32 * 0.05).sin()).collect();
        let opposite: Vec<f32> = tone.iter().map(|sample| -sample).collect();
        let mut sum = measured(&tone[..400], &opposite[..400]);
        sum.add(&measured(&tone[400..], &opposite[400..]));
        let whole = measured(&tone, &opposite);
        assert!(sum.is_cancelled() && whole.is_cancelled());
        assert!((sum.before - whole.before).abs() < 1e-3);
    }
}
