//! Perceptual noise substitution (ISO/IEC 14496-3, 4.6.13).

/// The random numbers that replace a band coded as noise.
pub(crate) struct NoiseGenerator(u32);

impl NoiseGenerator {
    pub(crate) fn new() -> Self {
        // ffmpeg's seed.
        Self(0x1f2e_3d4c)
    }

    /// Fills a band with noise of energy `gain` squared.
    pub(crate) fn fill(&mut self, gain: f32, band: &mut [f32]) {
        let mut energy = 0.0;
        for coefficient in band.iter_mut() {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *coefficient = f32::from((self.0 >> 16) as i16);
            energy += *coefficient * *coefficient;
        }
        let scale = gain / energy.sqrt();
        band.iter_mut()
            .for_each(|coefficient| *coefficient *= scale);
    }
}
