//! The downmix of several channels to two or one.
//!
//! The matrix of ITU-R BS.775-4, annex 4: the centre and each surround channel are mixed
//! into left and right at -3 dB, the low-frequency channel is dropped. The sums can exceed
//! full scale, so a limiter follows. A layout with unknown positions has no standard matrix;
//! its rows are scaled so that the sums cannot exceed full scale.

mod vector_loops;

use std::ops::Range;
use std::slice::ChunksExact;

use self::vector_loops::{STEP, copy, finite, interleave, sum};
use tonearm_media_core::{ChannelPosition, Pcm, SampleLayout};

/// -3 dB.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The downmix of one channel layout to one or two channels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Downmix {
    positions: Vec<ChannelPosition>,
    /// For each input channel, its weight in each output channel; `None` where the input is
    /// copied.
    weights: Option<Vec<[f32; 2]>>,
    outputs: usize,
}

impl Downmix {
    /// A downmix to `outputs` channels, 1 or 2.
    pub(crate) fn new(positions: &[ChannelPosition], outputs: usize) -> Self {
        let weights = (positions.len() != outputs).then(|| weights(positions, outputs));
        Self {
            positions: positions.to_vec(),
            weights,
            outputs,
        }
    }

    /// Whether a sum of samples within full scale can exceed it.
    pub(crate) fn can_exceed_full_scale(&self) -> bool {
        self.weights
            .as_deref()
            .is_some_and(|weights| largest_sum(weights) > 1.0 + 1e-6)
    }

    /// Whether the downmix is for this layout.
    pub(crate) fn fits(&self, positions: &[ChannelPosition]) -> bool {
        self.positions == positions
    }

    /// Appends the downmix of `range`, in samples per channel, to `out`, interleaved.
    /// Samples that are not finite become silence.
    pub(crate) fn apply(&self, pcm: &Pcm, range: Range<usize>, out: &mut Vec<f32>) {
        let range = range.start.min(pcm.frames())..range.end.min(pcm.frames());
        let start = out.len();
        out.resize(start + range.len() * self.outputs, 0.0);
        let mixed = &mut out[start..];
        match pcm.layout {
            SampleLayout::Planar => {
                let planes = pcm.samples.chunks_exact(pcm.frames().max(1));
                self.planar(planes, range.start, mixed);
            }
            SampleLayout::Interleaved => {
                let channels = self.positions.len();
                let range = range.start * channels..range.end * channels;
                self.interleaved(&pcm.samples[range], mixed);
            }
        }
    }

    fn interleaved(&self, samples: &[f32], mixed: &mut [f32]) {
        let Some(weights) = &self.weights else {
            copy(samples, mixed);
            return;
        };
        match <&[_; 6]>::try_from(weights.as_slice()) {
            // 5.1, the layout of most movies.
            Ok(weights) if self.outputs == 2 => {
                let (frames, _) = samples.as_chunks::<6>();
                let (mixed, _) = mixed.as_chunks_mut();
                for (frame, mixed) in frames.iter().zip(mixed) {
                    *mixed = sums(frame, weights).map(finite);
                }
            }
            _ => {
                let frames = samples.chunks_exact(weights.len());
                for (frame, mixed) in frames.zip(mixed.chunks_exact_mut(self.outputs)) {
                    let sums = sums(frame, weights).map(finite);
                    mixed.copy_from_slice(&sums[..self.outputs]);
                }
            }
        }
    }

    fn planar(&self, planes: ChunksExact<'_, f32>, start: usize, out: &mut [f32]) {
        let Some(weights) = &self.weights else {
            let mut planes = planes.filter_map(|plane| plane.get(start..));
            let first = planes.next().unwrap_or_default();
            self.write(first, planes.next().unwrap_or(first), out);
            return;
        };
        for (step, out) in out.chunks_mut(STEP * self.outputs).enumerate() {
            let sums = [0, 1].map(|side| sum(planes.clone(), start + step * STEP, weights, side));
            self.write(&sums[0], &sums[1], out);
        }
    }

    /// Fills `out` with both channels, or with the first if the output is mono.
    fn write(&self, left: &[f32], right: &[f32], out: &mut [f32]) {
        match self.outputs {
            1 => copy(left, out),
            _ => interleave(left, right, out),
        }
    }
}

/// Both outputs of one frame. Inlined, so that the loop is unrolled where the number of
/// channels is a constant.
#[inline(always)]
fn sums(frame: &[f32], weights: &[[f32; 2]]) -> [f32; 2] {
    let mut sums = [0.0; 2];
    for (sample, weight) in frame.iter().zip(weights) {
        sums[0] += sample * weight[0];
        sums[1] += sample * weight[1];
    }
    sums
}

fn weights(positions: &[ChannelPosition], outputs: usize) -> Vec<[f32; 2]> {
    let is_mono = outputs == 1;
    let mut weights: Vec<[f32; 2]> = if let [_] = positions {
        vec![[1.0, 1.0]]
    } else {
        positions
            .iter()
            .map(|&position| to_stereo(position))
            .collect()
    };
    if is_mono {
        for weight in &mut weights {
            *weight = [(weight[0] + weight[1]) / 2.0, 0.0];
        }
    }
    let largest = largest_sum(&weights);
    if largest > 1.0 && positions.contains(&ChannelPosition::Other) {
        weights
            .iter_mut()
            .flatten()
            .for_each(|weight| *weight /= largest);
    }
    weights
}

/// The level of an output channel where all inputs are at full scale.
fn largest_sum(weights: &[[f32; 2]]) -> f32 {
    let row = |side: usize| weights.iter().map(|weight| weight[side]).sum::<f32>();
    row(0).max(row(1))
}

fn to_stereo(position: ChannelPosition) -> [f32; 2] {
    match position {
        ChannelPosition::FrontLeft => [1.0, 0.0],
        ChannelPosition::FrontRight => [0.0, 1.0],
        ChannelPosition::FrontCentre | ChannelPosition::Other => [HALF_POWER, HALF_POWER],
        ChannelPosition::Left => [HALF_POWER, 0.0],
        ChannelPosition::Right => [0.0, HALF_POWER],
        // A surround channel at -3 dB, split between both sides at -3 dB.
        ChannelPosition::BackCentre => [0.5, 0.5],
        ChannelPosition::LowFrequency => [0.0, 0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChannelPosition::{
        BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Other, Right,
    };

    /// Mixes interleaved and planar samples, and also without the first and last frame, and
    /// asserts equal results.
    fn downmix(positions: &[ChannelPosition], samples: &[f32], outputs: usize) -> Vec<f32> {
        let count = positions.len();
        let planes = (0..count).flat_map(|at| samples.iter().skip(at).step_by(count));
        let planar = Pcm {
            samples: planes.copied().collect(),
            layout: SampleLayout::Planar,
            rate: 48_000,
            positions: positions.to_vec(),
        };
        let interleaved = Pcm {
            samples: samples.to_vec(),
            layout: SampleLayout::Interleaved,
            ..planar.clone()
        };
        let mix = Downmix::new(positions, outputs);
        let frames = planar.frames();
        let outs = [planar, interleaved].map(|pcm| {
            let mut out = Vec::new();
            mix.apply(&pcm, 0..frames, &mut out);
            if frames > 2 {
                let mut part = vec![0.5];
                mix.apply(&pcm, 1..frames - 1, &mut part);
                assert_eq!(part[1..], out[outputs..out.len() - outputs]);
            }
            out
        });
        assert_eq!(outs[0], outs[1]);
        outs[0].clone()
    }

    #[test]
    fn planar_and_interleaved_samples_mix_alike() {
        let mut seed = 1u32;
        let samples: Vec<f32> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed as f32 / u32::MAX as f32 - 0.5
        })
        .take(7 * 6 * 100)
        .collect();
        let positions = [
            FrontCentre,
            FrontLeft,
            FrontRight,
            Left,
            Right,
            LowFrequency,
            BackCentre,
        ];
        for count in 1..=7 {
            for outputs in 1..=count.min(2) {
                let frames = samples.len() / count;
                let mixed = downmix(&positions[..count], &samples, outputs);
                assert_eq!(mixed.len(), frames * outputs);
            }
        }
    }

    #[test]
    fn samples_that_are_not_finite_become_silence() {
        let samples = [0.1, f32::NAN, f32::INFINITY, 0.2];
        assert_eq!(
            downmix(&[FrontLeft, FrontRight], &samples, 2),
            [0.1, 0.0, 0.0, 0.2]
        );
        assert_eq!(downmix(&[FrontLeft, FrontRight], &samples, 1), [0.0, 0.0]);
    }

    #[test]
    fn stereo_and_mono_are_copied() {
        let samples = [0.1, -0.2, 1.5, 0.4];
        assert_eq!(downmix(&[FrontLeft, FrontRight], &samples, 2), samples);
        assert_eq!(downmix(&[FrontCentre], &samples, 1), samples);
    }

    #[test]
    fn surround_is_mixed_at_the_levels_of_the_standard() {
        let positions = [
            FrontLeft,
            FrontRight,
            FrontCentre,
            LowFrequency,
            Left,
            Right,
        ];
        let left = downmix(&positions, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 2);
        assert_eq!(left, [1.0, 0.0]);
        let centre = downmix(&positions, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0], 2);
        assert_eq!(centre, [HALF_POWER; 2]);
        let surround = downmix(&positions, &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 2);
        assert_eq!(surround, [0.0, HALF_POWER]);
        let bass = downmix(&positions, &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0], 2);
        assert_eq!(bass, [0.0, 0.0]);
        // Mono is the mean of left and right.
        let mono = downmix(&positions, &[1.0, 0.0, 1.0, 0.0, 0.0, 0.0], 1);
        assert!((mono[0] - 0.5 - HALF_POWER).abs() < 1e-6);
        assert!(Downmix::new(&positions, 2).can_exceed_full_scale());
    }

    #[test]
    fn unknown_positions_cannot_exceed_full_scale() {
        let mix = Downmix::new(&[Other; 16], 2);
        assert!(!mix.can_exceed_full_scale());
        let full = downmix(&[Other; 16], &[1.0; 16], 2);
        assert!(full.iter().all(|sample| (sample - 1.0).abs() < 1e-6));
        assert!(!Downmix::new(&[FrontLeft, FrontRight], 1).can_exceed_full_scale());
    }

    #[test]
    fn stereo_to_mono_is_the_mean() {
        let mono = downmix(&[FrontLeft, FrontRight], &[1.0, 0.5], 1);
        assert!((mono[0] - 0.75).abs() < 1e-6);
    }
}
