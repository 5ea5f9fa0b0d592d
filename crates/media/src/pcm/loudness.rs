//! Measures loudness (EBU R128, ITU-R BS.1770), and computes the gain for a target.

use std::ops::ControlFlow;

use ebur128::{EbuR128, Mode};

use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;

/// Highest true peak after the gain, in dBTP. Coding raises peaks by some tenths of a
/// decibel; EBU R128 reserves one decibel.
const MAX_TRUE_PEAK: f64 = -1.0;

/// The loudness of audio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS; `None` for silence.
    pub integrated: Option<f64>,
    /// True peak of all channels in dBTP; minus infinity for silence.
    pub true_peak: f64,
}

/// Decodes and measures all of `source` in its output format: the selected part, after
/// downmix and resampling.
///
/// `progress` is called after every block with the processed part, 0 to 1.
///
/// # Errors
/// Those of [`PcmSource::next_block`]; [`MediaError::Stopped`] where `progress`
/// breaks.
pub fn measure(
    source: &mut PcmSource,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Loudness> {
    let info = source.info();
    let channels = u32::from(info.output_channels);
    // A histogram instead of a list of all blocks bounds memory.
    let mode = Mode::I | Mode::TRUE_PEAK | Mode::HISTOGRAM;
    let broken = |_| MediaError::damaged("its loudness cannot be measured");
    let mut meter = EbuR128::new(channels, info.output_rate, mode).map_err(broken)?;
    let mut block = Vec::new();
    while source.next_block(&mut block)? {
        // One NaN would make the whole measurement NaN.
        for sample in &mut block {
            *sample = if sample.is_finite() { *sample } else { 0.0 };
        }
        meter.add_frames_f32(&block).map_err(broken)?;
        if progress(source.fraction()).is_break() {
            return Err(MediaError::Stopped);
        }
    }
    let integrated = meter.loudness_global().map_err(broken)?;
    let mut peak = 0.0_f64;
    for channel in 0..channels {
        peak = peak.max(meter.true_peak(channel).map_err(broken)?);
    }
    Ok(Loudness {
        integrated: integrated.is_finite().then_some(integrated),
        true_peak: 20.0 * peak.log10(),
    })
}

/// The factor that brings audio to `target` LUFS, or as close as peaks of at most -1 dBTP
/// allow; 1 for silence.
pub fn gain_for(loudness: &Loudness, target: f64) -> f32 {
    let Some(integrated) = loudness.integrated else {
        return 1.0;
    };
    let decibels = (target - integrated).min(MAX_TRUE_PEAK - loudness.true_peak);
    10.0_f64.powf(decibels / 20.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decibels(integrated: f64, true_peak: f64, target: f64) -> f64 {
        let loudness = Loudness {
            integrated: Some(integrated),
            true_peak,
        };
        20.0 * f64::from(gain_for(&loudness, target)).log10()
    }

    #[test]
    fn the_gain_reaches_the_target_or_the_highest_peak() {
        let near = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-4, "{got}");
        near(decibels(-23.0, -10.0, -16.0), 7.0);
        near(decibels(-10.0, 0.5, -16.0), -6.0);
        near(decibels(-23.0, -4.0, -16.0), 3.0);
        // Clipped already: the gain is below the target.
        near(decibels(-14.0, 2.0, -14.0), -3.0);
        let silence = Loudness {
            integrated: None,
            true_peak: f64::NEG_INFINITY,
        };
        assert_eq!(gain_for(&silence, -16.0), 1.0);
    }
}
