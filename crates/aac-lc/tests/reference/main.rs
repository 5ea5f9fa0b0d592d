//! Compares the decoder with symphonia, syom and ffmpeg, on what ffmpeg encodes.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

mod decoders;
mod encode;
mod mono_stereo;
mod robustness;
mod surround;

/// The signal-to-noise ratio of `ours` against `theirs` in dB.
fn snr(ours: &[f32], theirs: &[f32]) -> f64 {
    assert!(ours.len().abs_diff(theirs.len()) <= 1024, "{}", ours.len());
    let square = |x: f32| f64::from(x).powi(2);
    let signal: f64 = theirs.iter().map(|&x| square(x)).sum();
    let pairs = ours.iter().zip(theirs);
    let noise: f64 = pairs.map(|(&ours, &theirs)| square(ours - theirs)).sum();
    10.0 * (signal / noise.max(1e-30)).log10()
}
