//! Many channels folded down to two or one.
//!
//! The matrix of ITU-R BS.775-4, annex 4: the centre and each surround channel
//! go into left and right at -3 dB, the low-frequency channel is left out. The
//! rows are then scaled down together so that nothing can clip that did not
//! clip before, as ffmpeg does by default.

use crate::decode::{Pcm, Place};

/// -3 dB.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// A fold-down of one layout to one or two channels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fold {
    places: Vec<Place>,
    /// For each input channel, its share of each output channel; `None` where
    /// the input passes as it is.
    weights: Option<Vec<[f32; 2]>>,
    outputs: usize,
}

impl Fold {
    /// From these places to so many channels, 1 or 2.
    pub(crate) fn new(places: &[Place], outputs: usize) -> Self {
        let weights = (places.len() != outputs).then(|| weights(places, outputs));
        Self {
            places: places.to_vec(),
            weights,
            outputs,
        }
    }

    /// Whether it is made for this layout.
    pub(crate) fn fits(&self, places: &[Place]) -> bool {
        self.places == places
    }

    /// Appends the folded samples to `out`.
    pub(crate) fn apply(&self, pcm: &Pcm, out: &mut Vec<f32>) {
        let Some(weights) = &self.weights else {
            out.extend_from_slice(&pcm.samples);
            return;
        };
        let start = out.len();
        out.resize(start + pcm.frames() * self.outputs, 0.0);
        let folded = &mut out[start..];
        match <&[_; 6]>::try_from(weights.as_slice()) {
            // What most films have.
            Ok(weights) if self.outputs == 2 => {
                let (frames, _) = pcm.samples.as_chunks::<6>();
                let (folded, _) = folded.as_chunks_mut();
                for (frame, folded) in frames.iter().zip(folded) {
                    *folded = sums(frame, weights);
                }
            }
            _ => {
                let frames = pcm.samples.chunks_exact(weights.len());
                for (frame, folded) in frames.zip(folded.chunks_exact_mut(self.outputs)) {
                    folded.copy_from_slice(&sums(frame, weights)[..self.outputs]);
                }
            }
        }
    }
}

/// The shares of both outputs in one frame. Inlined, so that the loop is unrolled where
/// the number of channels is known.
#[inline(always)]
fn sums(frame: &[f32], weights: &[[f32; 2]]) -> [f32; 2] {
    let mut sums = [0.0; 2];
    for (sample, weight) in frame.iter().zip(weights) {
        sums[0] += sample * weight[0];
        sums[1] += sample * weight[1];
    }
    sums
}

fn weights(places: &[Place], outputs: usize) -> Vec<[f32; 2]> {
    let is_mono = outputs == 1;
    let mut weights: Vec<[f32; 2]> = if let [_] = places {
        vec![[1.0, 1.0]]
    } else {
        places.iter().map(|&place| to_stereo(place)).collect()
    };
    if is_mono {
        for weight in &mut weights {
            *weight = [weight[0] + weight[1], 0.0];
        }
    }
    let row = |side: usize| weights.iter().map(|weight| weight[side]).sum::<f32>();
    let loudest = row(0).max(row(1));
    if loudest > 1.0 {
        weights
            .iter_mut()
            .flatten()
            .for_each(|weight| *weight /= loudest);
    }
    weights
}

fn to_stereo(place: Place) -> [f32; 2] {
    match place {
        Place::FrontLeft => [1.0, 0.0],
        Place::FrontRight => [0.0, 1.0],
        Place::FrontCentre | Place::Other => [HALF_POWER, HALF_POWER],
        Place::Left => [HALF_POWER, 0.0],
        Place::Right => [0.0, HALF_POWER],
        // A surround channel at -3 dB, shared by both sides at -3 dB.
        Place::BackCentre => [0.5, 0.5],
        Place::LowFrequency => [0.0, 0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Place::{FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Right};

    fn fold(places: &[Place], samples: &[f32], outputs: usize) -> Vec<f32> {
        let pcm = Pcm {
            samples: samples.to_vec(),
            rate: 48_000,
            places: places.to_vec(),
        };
        let mut out = Vec::new();
        Fold::new(places, outputs).apply(&pcm, &mut out);
        out
    }

    #[test]
    fn stereo_and_mono_pass_untouched() {
        let samples = [0.1, -0.2, 1.5, 0.4];
        assert_eq!(fold(&[FrontLeft, FrontRight], &samples, 2), samples);
        assert_eq!(fold(&[FrontCentre], &samples, 1), samples);
    }

    #[test]
    fn surround_keeps_its_proportions_and_cannot_clip() {
        let places = [
            FrontLeft,
            FrontRight,
            FrontCentre,
            LowFrequency,
            Left,
            Right,
        ];
        // All channels at full scale make exactly full scale.
        let full = fold(&places, &[1.0; 6], 2);
        assert!(full.iter().all(|sample| (sample - 1.0).abs() < 1e-6));
        let scale = 1.0 / (1.0 + 2.0 * HALF_POWER);
        let left = fold(&places, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 2);
        assert!((left[0] - scale).abs() < 1e-6 && left[1] == 0.0);
        let centre = fold(&places, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0], 2);
        assert!((centre[0] - scale * HALF_POWER).abs() < 1e-6 && centre[0] == centre[1]);
        let bass = fold(&places, &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0], 2);
        assert_eq!(bass, [0.0, 0.0]);
    }

    #[test]
    fn stereo_to_mono_is_the_mean() {
        let mono = fold(&[FrontLeft, FrontRight], &[1.0, 0.5], 1);
        assert!((mono[0] - 0.75).abs() < 1e-6);
    }
}
