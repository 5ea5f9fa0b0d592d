//! How loud a file is (EBU R128, ITU-R BS.1770), and the gain that makes it as
//! loud as others.

use std::ops::ControlFlow;

use ebur128::{EbuR128, Mode};

use crate::error::{MediaError, Result};
use crate::pcm_source::PcmSource;

/// Highest true peak after the gain, in dBTP. Coding moves peaks by some tenths
/// of a decibel; EBU R128 leaves one for that.
const HIGHEST_PEAK: f64 = -1.0;

/// How loud a sound is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS; `None` of silence, which has none.
    pub integrated: Option<f64>,
    /// True peak in dBTP over all channels; minus infinity of silence.
    pub true_peak: f64,
}

/// Decodes all of `source` and measures it. What is measured is what would be
/// encoded: the selected part, folded down and resampled.
///
/// `progress` is called after every block with the part that is done, 0 to 1.
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
    // A histogram instead of a list of all blocks: memory does not grow.
    let mode = Mode::I | Mode::TRUE_PEAK | Mode::HISTOGRAM;
    let broken = |_| MediaError::damaged("its loudness cannot be measured");
    let mut meter = EbuR128::new(channels, info.output_rate, mode).map_err(broken)?;
    let mut block = Vec::new();
    while source.next_block(&mut block)? {
        // What is no number would spoil the whole measurement.
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

/// The factor that brings a sound to `target` LUFS, or as near as its peaks
/// allow: they stay at or below -1 dBTP. Silence stays as it is.
pub fn gain_for(loudness: &Loudness, target: f64) -> f32 {
    let Some(integrated) = loudness.integrated else {
        return 1.0;
    };
    let decibels = (target - integrated).min(HIGHEST_PEAK - loudness.true_peak);
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
    fn the_gain_reaches_the_target_or_stops_at_the_peak() {
        let near = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-4, "{got}");
        near(decibels(-23.0, -10.0, -16.0), 7.0);
        near(decibels(-10.0, 0.5, -16.0), -6.0);
        near(decibels(-23.0, -4.0, -16.0), 3.0);
        // Clipped already: quieter than the target would have it.
        near(decibels(-14.0, 2.0, -14.0), -3.0);
        let silence = Loudness {
            integrated: None,
            true_peak: f64::NEG_INFINITY,
        };
        assert_eq!(gain_for(&silence, -16.0), 1.0);
    }
}
