//! Loops over samples, written so that the compiler does four of them at once.

use std::slice::ChunksExact;

/// Samples of a channel that are folded before the next channel's.
pub(super) const STEP: usize = 32;

/// The share of one output in `STEP` samples, as far as there are so many.
pub(super) fn sum(
    planes: ChunksExact<'_, f32>,
    at: usize,
    weights: &[[f32; 2]],
    side: usize,
) -> [f32; STEP] {
    let mut sums = [0.0; STEP];
    for (plane, weights) in planes.zip(weights) {
        let weight = weights[side];
        let rest = plane.get(at..).unwrap_or_default();
        match rest.first_chunk::<STEP>() {
            _ if weight == 0.0 => {}
            // Of known length, so that all sums stay in registers.
            Some(samples) => add(&mut sums, samples, weight),
            None => add(&mut sums, rest, weight),
        }
    }
    sums
}

#[inline(always)]
fn add(sums: &mut [f32; STEP], samples: &[f32], weight: f32) {
    for (sum, sample) in sums.iter_mut().zip(samples) {
        *sum += sample * weight;
    }
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
