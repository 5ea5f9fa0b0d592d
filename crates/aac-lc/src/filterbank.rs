//! The filterbank (ISO/IEC 14496-3, 4.6.11): inverse MDCT, windowing and overlap-add.

use super::mdct::InverseMdct;
use super::windows::{FRAME_LENGTH, IcsInfo, SHORT_LENGTH, WindowSequence, WindowShape};

/// Offset of a short slope within a long one.
const FLAT_LENGTH: usize = (FRAME_LENGTH - SHORT_LENGTH) / 2;

/// State of a channel between frames.
pub(crate) struct Overlap {
    /// The second half of the previous frame, windowed.
    tail: [f32; FRAME_LENGTH],
    /// The window shape of the previous frame.
    shape: WindowShape,
}

impl Overlap {
    pub(crate) fn new() -> Self {
        Self {
            tail: [0.0; FRAME_LENGTH],
            shape: WindowShape::Sine,
        }
    }
}

/// The rising halves of the windows of one shape.
struct Slopes {
    long: [f32; FRAME_LENGTH],
    /// Of a long window next to short ones: `LONG_START` and `LONG_STOP`.
    transition: [f32; FRAME_LENGTH],
    short: [f32; SHORT_LENGTH],
}

/// Turns spectra into samples.
pub(crate) struct Filterbank {
    long: InverseMdct<FRAME_LENGTH>,
    short: InverseMdct<SHORT_LENGTH>,
    sine: Slopes,
    kaiser_bessel: Slopes,
}

impl Filterbank {
    pub(crate) fn new() -> Self {
        Self {
            long: InverseMdct::new(),
            short: InverseMdct::new(),
            sine: Slopes::new(sine(), sine()),
            kaiser_bessel: Slopes::new(kaiser_bessel(4.0), kaiser_bessel(6.0)),
        }
    }

    /// Writes the samples of a frame to `out`.
    pub(crate) fn run(
        &mut self,
        spectrum: &[f32; FRAME_LENGTH],
        info: &IcsInfo,
        overlap: &mut Overlap,
        out: &mut [f32; FRAME_LENGTH],
    ) {
        let slopes = |shape| match shape {
            WindowShape::Sine => &self.sine,
            WindowShape::KaiserBesselDerived => &self.kaiser_bessel,
        };
        let (previous, current) = (slopes(overlap.shape), slopes(info.shape));
        overlap.shape = info.shape;
        let (rise, fall) = match info.sequence {
            WindowSequence::OnlyLong => (&previous.long, &current.long),
            WindowSequence::LongStart => (&previous.long, &current.transition),
            WindowSequence::LongStop => (&previous.transition, &current.long),
            WindowSequence::EightShort => {
                let mut sum = [0.0; FRAME_LENGTH + SHORT_LENGTH];
                let (spectra, _) = spectrum.as_chunks::<SHORT_LENGTH>();
                let (sums, _) = sum.as_chunks_mut::<SHORT_LENGTH>();
                let mut tail = [0.0; SHORT_LENGTH];
                let mut rise = &previous.short;
                for (spectrum, sum) in spectra.iter().zip(sums.iter_mut()) {
                    let quarters = self.short.run(spectrum);
                    overlap_add(quarters, &mut tail, rise, &current.short, sum);
                    rise = &current.short;
                }
                if let Some(last) = sums.last_mut() {
                    *last = tail;
                }
                add_short_windows(&sum, &mut overlap.tail, out);
                return;
            }
        };
        let quarters = self.long.run(spectrum);
        overlap_add(quarters, &mut overlap.tail, rise, fall, out);
    }
}

impl Slopes {
    fn new(long: [f32; FRAME_LENGTH], short: [f32; SHORT_LENGTH]) -> Self {
        let mut transition = [1.0; FRAME_LENGTH];
        transition[..FLAT_LENGTH].fill(0.0);
        transition[FLAT_LENGTH..FLAT_LENGTH + SHORT_LENGTH].copy_from_slice(&short);
        Self {
            long,
            transition,
            short,
        }
    }
}

/// Windows the output of the transform, adds its first half to `tail`, and stores its
/// second half there. The transform returns the second and third quarter of its output;
/// the first is the second reversed and negated, the fourth is the third reversed.
#[inline]
fn overlap_add<const N: usize>(
    [second, third]: [&[f32]; 2],
    tail: &mut [f32; N],
    rise: &[f32; N],
    fall: &[f32; N],
    out: &mut [f32; N],
) {
    let half = N / 2;
    let (second, third) = (&second[..half], &third[..half]);
    let (outs, tails) = (out.split_at_mut(half), tail.split_at_mut(half));
    let (rises, falls) = (rise.split_at(half), fall.split_at(half));
    for at in 0..half {
        outs.0[at] = tails.0[at] - second[half - 1 - at] * rises.0[at];
        tails.0[at] = third[at] * falls.1[half - 1 - at];
    }
    for at in 0..half {
        outs.1[at] = tails.1[at] + second[at] * rises.1[at];
        tails.1[at] = third[half - 1 - at] * falls.0[half - 1 - at];
    }
}

/// Adds eight overlapped short windows, which are centred in the frame, to `tail`.
fn add_short_windows(
    sum: &[f32; FRAME_LENGTH + SHORT_LENGTH],
    tail: &mut [f32; FRAME_LENGTH],
    out: &mut [f32; FRAME_LENGTH],
) {
    *out = *tail;
    let in_frame = FRAME_LENGTH - FLAT_LENGTH;
    for (out, sum) in out[FLAT_LENGTH..].iter_mut().zip(sum) {
        *out += sum;
    }
    tail.fill(0.0);
    tail[..sum.len() - in_frame].copy_from_slice(&sum[in_frame..]);
}

/// The rising half of a sine window.
fn sine<const N: usize>() -> [f32; N] {
    let step = std::f32::consts::PI / (2 * N) as f32;
    std::array::from_fn(|at| ((at as f32 + 0.5) * step).sin())
}

/// The rising half of a Kaiser-Bessel derived window.
fn kaiser_bessel<const N: usize>(alpha: f32) -> [f32; N] {
    let step = alpha * std::f32::consts::PI / N as f32;
    let square = f64::from(step * step);
    let mut sum = 0.0;
    let sums: [f64; N] = std::array::from_fn(|at| {
        sum += bessel((at * (N - at)) as f64 * square);
        sum
    });
    // The kernel has N + 1 values. The last equals the first, which is 1.
    sums.map(|partial| (partial / (sum + 1.0)).sqrt() as f32)
}

/// The modified Bessel function of order 0, at twice the square root of `x`.
fn bessel(x: f64) -> f64 {
    (1..64)
        .rev()
        .fold(1.0, |sum, n| sum * (x / f64::from(n * n)) + 1.0)
}
