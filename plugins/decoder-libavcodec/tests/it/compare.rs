//! Compares two decodes of a file.

use crate::decoded::Decoded;

/// Most difference in length, in seconds.
const LENGTH: f64 = 0.06;
/// Least correlation.
const CORRELATION: f64 = 0.98;
/// A level that counts as silence: -80 dB.
const SILENCE: f64 = 1e-4;

/// Whether `ours` is what ffmpeg decodes; else why not.
pub fn compare(ours: &Decoded, ffmpegs: &[f32]) -> Result<(), String> {
    let channels = usize::from(ours.channels);
    let theirs = (ffmpegs.len() / channels) as f64 / f64::from(ours.rate);
    let (seconds, difference) = (ours.seconds(), ours.seconds() - theirs);
    if difference.abs() > LENGTH {
        return Err(format!("{seconds:.3} s, and ffmpeg {theirs:.3} s"));
    }
    let (level, their_level) = (rms(&ours.samples), rms(ffmpegs));
    if their_level < SILENCE {
        return match level < SILENCE {
            true => Ok(()),
            false => Err(format!("level {level}, and ffmpeg silence")),
        };
    }
    let correlation = correlation(&ours.samples, ffmpegs);
    match correlation > CORRELATION {
        true => Ok(()),
        false => Err(format!("correlation {correlation:.4}")),
    }
}

fn rms(samples: &[f32]) -> f64 {
    (dot(samples, samples) / samples.len().max(1) as f64).sqrt()
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f64::MIN_POSITIVE)
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
