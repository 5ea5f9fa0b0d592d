//! The inverse modified discrete cosine transform, by a complex Fourier transform of half
//! the length.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// The transform of `N` coefficients.
pub(crate) struct InverseMdct<const N: usize> {
    fft: Arc<dyn Fft<f32>>,
    twiddles: Vec<Complex<f32>>,
    input: Vec<Complex<f32>>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    out: [Vec<f32>; 2],
}

impl<const N: usize> InverseMdct<N> {
    pub(crate) fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(N / 2);
        // Applied before the Fourier transform and again after it.
        let scale = (1.0 / (2 * N) as f64).sqrt();
        let twiddle = |at: usize| {
            let angle = std::f64::consts::PI / N as f64 * (at as f64 + 0.125);
            Complex::new((scale * angle.cos()) as f32, (scale * angle.sin()) as f32)
        };
        let zeros = |count| vec![Complex::default(); count];
        Self {
            twiddles: (0..N / 2).map(twiddle).collect(),
            input: zeros(N / 2),
            output: zeros(N / 2),
            scratch: zeros(fft.get_outofplace_scratch_len()),
            out: [vec![0.0; N / 2], vec![0.0; N / 2]],
            fft,
        }
    }

    /// Returns the second and third quarter of the 2 `N` output samples. The first quarter
    /// is the second reversed and negated, the fourth is the third reversed.
    #[inline]
    pub(crate) fn run(&mut self, spectrum: &[f32; N]) -> [&[f32]; 2] {
        let (low, high) = self.input.split_at_mut(N / 4);
        let (twiddles_low, twiddles_high) = self.twiddles.split_at(N / 4);
        let (pairs, _) = spectrum.as_chunks::<2>();
        let (pairs_low, pairs_high) = pairs.split_at(N / 4);
        let slots = low.iter_mut().zip(high.iter_mut().rev());
        let twiddles = twiddles_low.iter().zip(twiddles_high.iter().rev());
        let pairs = pairs_low.iter().zip(pairs_high.iter().rev());
        for (((low, high), (a, b)), (&[l0, l1], &[h0, h1])) in slots.zip(twiddles).zip(pairs) {
            *low = Complex::new(-(h1 * a.im) - l0 * a.re, l0 * a.im - h1 * a.re);
            *high = Complex::new(-(l1 * b.im) - h0 * b.re, h0 * b.im - l1 * b.re);
        }
        self.fft.process_outofplace_with_scratch(
            &mut self.input,
            &mut self.output,
            &mut self.scratch,
        );
        let (low, high) = self.output.split_at(N / 4);
        let [second, third] = &mut self.out;
        let (seconds, _) = second.as_chunks_mut::<2>();
        let (thirds, _) = third.as_chunks_mut::<2>();
        let slots = seconds.iter_mut().zip(thirds.iter_mut().rev());
        let twiddles = twiddles_low.iter().zip(twiddles_high.iter().rev());
        let values = low.iter().zip(high.iter().rev());
        for (((second, third), (a, b)), (x, y)) in slots.zip(twiddles).zip(values) {
            *second = [a.im * x.re - a.re * x.im, b.re * y.re + b.im * y.im];
            *third = [b.im * y.re - b.re * y.im, a.re * x.re + a.im * x.im];
        }
        [second, third]
    }
}
