//! Loops over samples, written so that the compiler vectorizes them.

use std::slice::ChunksExact;

/// Samples of one channel that are mixed before those of the next.
pub(super) const STEP: usize = 32;

/// One output of `STEP` samples; samples past the end count as silence.
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
        // A constant length keeps the sums in registers.
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

/// Copies finite samples, in chunks that the compiler vectorizes.
pub(super) fn copy(samples: &[f32], out: &mut [f32]) {
    let samples = samples.get(..out.len()).unwrap_or(samples);
    let (chunks, samples) = samples.as_chunks::<STEP>();
    let (outs, out) = out.as_chunks_mut::<STEP>();
    for (chunk, out) in chunks.iter().zip(outs) {
        *out = chunk.map(finite);
    }
    for (slot, &sample) in out.iter_mut().zip(samples) {
        *slot = finite(sample);
    }
}

/// Interleaves two channels likewise.
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

/// Replaces infinities and NaN, which floating-point PCM may contain.
pub(super) fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}
