//! From the spectrum of a channel to its samples (ISO/IEC 14496-3, 4.6.11): the inverse
//! transform, windows, and overlapping with the frame before.

use super::channel::LINES;
use super::transform::Transform;
use super::windows::{SHORT_LINES, Sequence, Shape, Windows};

/// Where the slope of a short window begins in that of a long one.
const FLAT: usize = (LINES - SHORT_LINES) / 2;

/// What a channel keeps of the frame before.
pub(super) struct Overlap {
    /// The second half of its samples.
    tail: [f32; LINES],
    shape: Shape,
}

impl Overlap {
    pub(super) fn new() -> Self {
        Self {
            tail: [0.0; LINES],
            shape: Shape::Sine,
        }
    }
}

/// First halves of windows of one shape.
struct Slopes {
    long: [f32; LINES],
    /// That of a long window next to short ones.
    steep: [f32; LINES],
    short: [f32; SHORT_LINES],
}

/// Makes samples.
pub(super) struct Synthesis {
    long: Transform<LINES>,
    short: Transform<SHORT_LINES>,
    sine: Slopes,
    kaiser_bessel: Slopes,
}

impl Synthesis {
    pub(super) fn new() -> Self {
        Self {
            long: Transform::new(),
            short: Transform::new(),
            sine: Slopes::new(sine(), sine()),
            kaiser_bessel: Slopes::new(kaiser_bessel(4.0), kaiser_bessel(6.0)),
        }
    }

    /// Puts the samples of a frame in `out`.
    pub(super) fn run(
        &mut self,
        lines: &[f32; LINES],
        windows: &Windows,
        overlap: &mut Overlap,
        out: &mut [f32; LINES],
    ) {
        let slopes = |shape| match shape {
            Shape::Sine => &self.sine,
            Shape::KaiserBessel => &self.kaiser_bessel,
        };
        let (before, this) = (slopes(overlap.shape), slopes(windows.shape));
        overlap.shape = windows.shape;
        let (rise, fall) = match windows.sequence {
            Sequence::Long => (&before.long, &this.long),
            Sequence::Start => (&before.long, &this.steep),
            Sequence::Stop => (&before.steep, &this.long),
            Sequence::Short => {
                let mut sum = [0.0; LINES + SHORT_LINES];
                let (pieces, _) = lines.as_chunks::<SHORT_LINES>();
                let (sums, _) = sum.as_chunks_mut::<SHORT_LINES>();
                let mut tail = [0.0; SHORT_LINES];
                let mut rise = &before.short;
                for (lines, sum) in pieces.iter().zip(sums.iter_mut()) {
                    let halves = self.short.run(lines);
                    add(halves, &mut tail, rise, &this.short, sum);
                    rise = &this.short;
                }
                if let Some(last) = sums.last_mut() {
                    *last = tail;
                }
                splice(&sum, &mut overlap.tail, out);
                return;
            }
        };
        let halves = self.long.run(lines);
        add(halves, &mut overlap.tail, rise, fall, out);
    }
}

impl Slopes {
    fn new(long: [f32; LINES], short: [f32; SHORT_LINES]) -> Self {
        let mut steep = [1.0; LINES];
        steep[..FLAT].fill(0.0);
        steep[FLAT..FLAT + SHORT_LINES].copy_from_slice(&short);
        Self { long, steep, short }
    }
}

/// Adds the first half of what was transformed to the tail of what came before, and keeps
/// the second as the tail. Both are symmetric, the first with the sign turned: the
/// transform gives the second half of the first and the first half of the second.
#[inline]
fn add<const N: usize>(
    [first, second]: [&[f32]; 2],
    tail: &mut [f32; N],
    rise: &[f32; N],
    fall: &[f32; N],
    out: &mut [f32; N],
) {
    let half = N / 2;
    let (first, second) = (&first[..half], &second[..half]);
    let (outs, tails) = (out.split_at_mut(half), tail.split_at_mut(half));
    let (rises, falls) = (rise.split_at(half), fall.split_at(half));
    for at in 0..half {
        outs.0[at] = tails.0[at] - first[half - 1 - at] * rises.0[at];
        tails.0[at] = second[at] * falls.1[half - 1 - at];
    }
    for at in 0..half {
        outs.1[at] = tails.1[at] + first[at] * rises.1[at];
        tails.1[at] = second[half - 1 - at] * falls.0[half - 1 - at];
    }
}

/// Short windows lie in the middle of the two halves.
fn splice(sum: &[f32; LINES + SHORT_LINES], tail: &mut [f32; LINES], out: &mut [f32; LINES]) {
    *out = *tail;
    let rest = LINES - FLAT;
    for (out, sum) in out[FLAT..].iter_mut().zip(sum) {
        *out += sum;
    }
    tail.fill(0.0);
    tail[..sum.len() - rest].copy_from_slice(&sum[rest..]);
}

fn sine<const N: usize>() -> [f32; N] {
    let step = std::f32::consts::PI / (2 * N) as f32;
    std::array::from_fn(|at| ((at as f32 + 0.5) * step).sin())
}

/// Derived of the window of Kaiser and Bessel.
fn kaiser_bessel<const N: usize>(alpha: f32) -> [f32; N] {
    let step = alpha * std::f32::consts::PI / N as f32;
    let square = f64::from(step * step);
    let mut sum = 0.0;
    let sums: [f64; N] = std::array::from_fn(|at| {
        sum += bessel((at * (N - at)) as f64 * square);
        sum
    });
    // There is one more, which is 1 as the first is.
    sums.map(|part| (part / (sum + 1.0)).sqrt() as f32)
}

/// The modified Bessel function of order 0, of twice the root of `x`.
fn bessel(x: f64) -> f64 {
    (1..64)
        .rev()
        .fold(1.0, |sum, n| sum * (x / f64::from(n * n)) + 1.0)
}
