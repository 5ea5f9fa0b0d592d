//! Level and pitch of tones in a signal.

use std::f64::consts::TAU;

/// The level of a sine of `hertz` in dBFS, where 0 is a full-scale sine.
///
/// Goertzel's algorithm with a Hann window, so that a tone between two bins is measured
/// correctly and other tones do not leak in.
pub fn level(samples: &[f32], rate: u32, hertz: f64) -> f64 {
    let count = samples.len() as f64;
    let coefficient = 2.0 * (TAU * hertz / f64::from(rate)).cos();
    let (mut before, mut last, mut weight) = (0.0, 0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * at as f64 / count).cos();
        weight += window;
        let next = f64::from(*sample) * window + coefficient * last - before;
        (before, last) = (last, next);
    }
    let power = last * last + before * before - coefficient * last * before;
    20.0 * (2.0 * power.max(0.0).sqrt() / weight).max(1e-9).log10()
}

/// The loudest frequency between `from` and `to`, in steps of half a hertz.
pub fn pitch(samples: &[f32], rate: u32, from: f64, to: f64) -> f64 {
    let steps = ((to - from) * 2.0) as usize;
    (0..=steps)
        .map(|step| from + step as f64 / 2.0)
        .max_by(|a, b| level(samples, rate, *a).total_cmp(&level(samples, rate, *b)))
        .expect("the range is not empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f64, amplitude: f64, rate: u32) -> Vec<f32> {
        let step = TAU * hertz / f64::from(rate);
        (0..rate)
            .map(|at| (amplitude * (step * f64::from(at)).sin()) as f32)
            .collect()
    }

    #[test]
    fn the_level_of_a_sine_is_measured_at_its_frequency_only() {
        for (hertz, amplitude, decibel) in [
            (440.0, 1.0, 0.0),
            (1000.3, 0.5, -6.02),
            (60.0, 0.001, -60.0),
        ] {
            let signal = sine(hertz, amplitude, 44100);
            assert!(
                (level(&signal, 44100, hertz) - decibel).abs() < 0.02,
                "{hertz}"
            );
            assert!(
                level(&signal, 44100, hertz * 1.5) < decibel - 80.0,
                "{hertz}"
            );
        }
    }

    #[test]
    fn silence_is_very_quiet() {
        assert!(level(&[0.0; 48000], 48000, 440.0) < -150.0);
    }

    #[test]
    fn the_pitch_is_found() {
        let signal = sine(441.5, 0.3, 48000);
        assert!((pitch(&signal, 48000, 400.0, 480.0) - 441.5).abs() < 0.1);
    }
}
