//! Scale factors, noise energies and intensity positions as gains (ISO/IEC 14496-3,
//! 4.6.2, 4.6.13 and 4.6.8.2).

/// The lowest noise energy.
const MIN_NOISE_ENERGY: i32 = -100;
/// The lowest intensity position.
const MIN_INTENSITY_POSITION: i32 = -155;

/// Gains by scale factor and by intensity position.
pub(crate) struct ScaleFactors {
    gains: [f32; 256],
    intensities: [f32; 256],
}

impl ScaleFactors {
    pub(crate) fn new() -> Self {
        let quarters = |number: usize, from: i32| 0.25 * (number as i32 + from) as f32;
        Self {
            // In the standard, scale factor 100 is a gain of 1 for 16-bit samples and a
            // transform that divides by 1024. Here full scale is 1.0 instead of 2^15, and
            // the transform divides by 2048, which leaves a factor of 2^-14.
            gains: std::array::from_fn(|at| 2f32.powf(quarters(at, -100 - 56))),
            intensities: std::array::from_fn(|at| {
                0.5f32.powf(quarters(at, MIN_INTENSITY_POSITION))
            }),
        }
    }

    /// The gain of a scale factor; `None` where it is out of range.
    pub(crate) fn gain(&self, scale_factor: i32) -> Option<f32> {
        self.gains.get(usize::try_from(scale_factor).ok()?).copied()
    }

    /// The gain of a noise energy.
    pub(crate) fn noise_gain(&self, energy: i32) -> Option<f32> {
        self.gain(energy - MIN_NOISE_ENERGY)
    }

    /// The gain of an intensity position.
    pub(crate) fn intensity(&self, position: i32) -> Option<f32> {
        let index = usize::try_from(position - MIN_INTENSITY_POSITION).ok()?;
        self.intensities.get(index).copied()
    }
}
