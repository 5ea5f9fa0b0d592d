//! Loops over samples, written so that the compiler does four of them at once.

use std::slice::ChunksExact;

/// Samples of a channel that are folded before the next channel's.
pub(super) const STEP: usize = 32;

/// The share of one output in `STEP` samples; what lies behind the end counts as silence.
pub(super) fn sum(
    planes: ChunksExact<'_, f32>,
    at: usize,
    weights: &[[f32; 2]],
    side: usize,
) -> [f32; STEP] {
    let mut sums = [0.0; STEP];
    for (plane, weights) in planes.zip(weights) {
        let weight = weights[side];
        if weight == 0.0 {
            continue;
        }
        let rest = plane.get(at..).unwrap_or_default();
        // Of known length whichever it is, else the sums would not stay in registers.
        let padded;
        let samples = match rest.first_chunk::<STEP>() {
            Some(samples) => samples,
            None => {
                padded = pad(rest);
                &padded
            }
        };
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum += sample * weight;
        }
    }
    sums
}

#[cold]
fn pad(samples: &[f32]) -> [f32; STEP] {
    let mut padded = [0.0; STEP];
    for (slot, &sample) in padded.iter_mut().zip(samples) {
        *slot = sample;
    }
    padded
}

/// Many at once, so that the loop itself costs little.
pub(super) fn copy(samples: &[f32], out: &mut [f32]) {
    let samples = samples.get(..out.len()).unwrap_or(samples);
    let (pieces, samples) = samples.as_chunks::<STEP>();
    let (outs, out) = out.as_chunks_mut::<STEP>();
    for (piece, out) in pieces.iter().zip(outs) {
        *out = piece.map(finite);
    }
    for (slot, &sample) in out.iter_mut().zip(samples) {
        *slot = finite(sample);
    }
}

/// Likewise, of two channels.
pub(super) fn interleave(left: &[f32], right: &[f32], out: &mut [f32]) {
    const STEP: usize = 16;
    let frames = out.len() / 2;
    let [left, right] = [left, right].map(|side| side.get(..frames).unwrap_or(side));
    let (lefts, left) = left.as_chunks::<STEP>();
    let (rights, right) = right.as_chunks::<STEP>();
    let (outs, out) = out.as_chunks_mut::<{ 2 * STEP }>();
    for ((left, right), out) in lefts.iter().zip(rights).zip(outs) {
        let (pairs, _) = out.as_chunks_mut();
        for (pair, (&left, &right)) in pairs.iter_mut().zip(left.iter().zip(right)) {
            *pair = [finite(left), finite(right)];
        }
    }
    let (pairs, _) = out.as_chunks_mut();
    for (pair, (&left, &right)) in pairs.iter_mut().zip(left.iter().zip(right)) {
        *pair = [finite(left), finite(right)];
    }
}

/// Floating-point PCM can hold anything.
pub(super) fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}
