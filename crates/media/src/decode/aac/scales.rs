//! Scale factors (ISO/IEC 14496-3, 4.6.2, 4.6.8.2 and 4.6.13) as what lines are multiplied
//! with.

/// What scale factors stand for.
pub(super) struct Scales {
    lines: [f32; 256],
    intensity: [f32; 256],
}

/// The least noise and the least intensity position that there are.
const LEAST_NOISE: i32 = -100;
const LEAST_INTENSITY: i32 = -155;

impl Scales {
    pub(super) fn new() -> Self {
        let quarters = |number: usize, from: i32| 0.25 * (number as i32 + from) as f32;
        Self {
            // In the standard 100 is one, for samples of 16 bits and a transform that divides
            // by 1024. Here full scale is one, and the transform divides by 2048.
            lines: std::array::from_fn(|at| 2f32.powf(quarters(at, -100 - 56))),
            intensity: std::array::from_fn(|at| 0.5f32.powf(quarters(at, LEAST_INTENSITY))),
        }
    }

    /// Of a scale factor; `None` where there is no such.
    pub(super) fn of_lines(&self, factor: i32) -> Option<f32> {
        self.lines.get(usize::try_from(factor).ok()?).copied()
    }

    /// Of noise.
    pub(super) fn of_noise(&self, energy: i32) -> Option<f32> {
        self.of_lines(energy - LEAST_NOISE)
    }

    /// Of an intensity position.
    pub(super) fn of_intensity(&self, position: i32) -> Option<f32> {
        let number = usize::try_from(position - LEAST_INTENSITY).ok()?;
        self.intensity.get(number).copied()
    }
}
