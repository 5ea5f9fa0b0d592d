//! `individual_channel_stream` (ISO/IEC 14496-3, 4.4.2.7): one channel of a frame, up to
//! its spectrum.

use super::band_layout::BandLayout;
use super::bit_reader::BitReader;
use super::noise::NoiseGenerator;
use super::spectral_codebooks::SpectralCodebooks;
use super::tables::Tables;
use super::tns::TnsFilters;
use super::windows::{FRAME_LENGTH, IcsInfo, MAX_BANDS};

/// Codebook numbers with a meaning of their own (ISO/IEC 14496-3, 4.6.3).
const ZERO_HCB: u8 = 0;
const ESC_HCB: u8 = 11;
const RESERVED_HCB: u8 = 12;
const NOISE_HCB: u8 = 13;
/// Intensity stereo, out of phase.
const INTENSITY_HCB2: u8 = 14;
/// Intensity stereo, in phase.
const INTENSITY_HCB: u8 = 15;

/// One channel of a frame.
pub(crate) struct ChannelStream {
    pub(crate) info: IcsInfo,
    /// By band, counted through all groups.
    codebooks: [u8; MAX_BANDS],
    /// By band, counted through all groups.
    gains: [f32; MAX_BANDS],
    tns: TnsFilters,
    pub(crate) spectrum: [f32; FRAME_LENGTH],
}

impl ChannelStream {
    pub(crate) fn new() -> Self {
        Self {
            info: IcsInfo::new(BandLayout::COMMON),
            codebooks: [ZERO_HCB; MAX_BANDS],
            gains: [0.0; MAX_BANDS],
            tns: TnsFilters::default(),
            spectrum: [0.0; FRAME_LENGTH],
        }
    }

    /// Reads a channel. `shared` is the `ics_info` of a channel pair with a common one.
    /// `None` where the stream is invalid or has anything that no LC encoder writes,
    /// pulses included.
    pub(crate) fn read(
        &mut self,
        bits: &mut BitReader<'_>,
        tables: &Tables,
        shared: Option<IcsInfo>,
        noise: &mut NoiseGenerator,
    ) -> Option<()> {
        let global_gain = bits.read(8);
        self.info = match shared {
            Some(info) => info,
            None => IcsInfo::read(bits, tables.bands)?,
        };
        self.read_sections(bits)?;
        self.read_scale_factors(bits, tables, global_gain as i32)?;
        let has_pulses = bits.read_flag();
        if has_pulses {
            return None;
        }
        self.tns.read(bits, &self.info)?;
        let has_gain_control = bits.read_flag();
        if has_gain_control {
            return None;
        }
        self.read_spectrum(bits, &tables.spectral_codebooks, noise)
    }

    /// `section_data`: the codebook of each band.
    fn read_sections(&mut self, bits: &mut BitReader<'_>) -> Option<()> {
        let width = if self.info.is_long() { 5 } else { 3 };
        let continues = (1 << width) - 1;
        let bands = self.info.max_band;
        for group in self
            .codebooks
            .chunks_mut(bands.max(1))
            .take(self.info.group_count())
        {
            let mut band = 0;
            while band < bands {
                let codebook = bits.read(4) as u8;
                let start = band;
                loop {
                    let length = bits.read(width);
                    band += length as usize;
                    if length != continues || band > bands {
                        break;
                    }
                }
                if band == start || codebook == RESERVED_HCB {
                    return None;
                }
                group.get_mut(start..band)?.fill(codebook);
            }
        }
        Some(())
    }

    /// `scale_factor_data`: the gain of each band.
    fn read_scale_factors(
        &mut self,
        bits: &mut BitReader<'_>,
        tables: &Tables,
        global_gain: i32,
    ) -> Option<()> {
        let (differences, scale_factors) = (&tables.scale_factor_codebook, &tables.scale_factors);
        let mut scale_factor = global_gain;
        let mut intensity_position = 0;
        let mut noise_energy = global_gain - 90;
        let mut has_noise = false;
        let count = self.info.coded_band_count();
        let bands = self.codebooks.iter().zip(&mut self.gains).take(count);
        for (&codebook, gain) in bands {
            *gain = match codebook {
                ZERO_HCB => 0.0,
                INTENSITY_HCB | INTENSITY_HCB2 => {
                    intensity_position += differences.read(bits);
                    scale_factors.intensity(intensity_position)?
                }
                NOISE_HCB => {
                    noise_energy += match has_noise {
                        true => differences.read(bits),
                        false => bits.read(9) as i32 - 256,
                    };
                    has_noise = true;
                    scale_factors.noise_gain(noise_energy)?
                }
                _ => {
                    scale_factor += differences.read(bits);
                    scale_factors.gain(scale_factor)?
                }
            };
        }
        Some(())
    }

    /// `spectral_data`.
    fn read_spectrum(
        &mut self,
        bits: &mut BitReader<'_>,
        codebooks: &SpectralCodebooks,
        noise: &mut NoiseGenerator,
    ) -> Option<()> {
        self.spectrum.fill(0.0);
        for band in self.info.bands() {
            let (codebook, gain) = (self.codebooks[band.index], self.gains[band.index]);
            for window in band.windows.clone() {
                let band = &mut self.spectrum[band.coefficients_in(window)];
                match codebook {
                    1..=4 => codebooks.quads[usize::from(codebook - 1)].read(bits, gain, band),
                    5..=10 => codebooks.pairs[usize::from(codebook - 5)].read(bits, gain, band),
                    ESC_HCB => codebooks.escape.read(bits, gain, band)?,
                    NOISE_HCB => noise.fill(gain, band),
                    _ => {}
                }
            }
        }
        Some(())
    }

    /// Applies temporal noise shaping.
    pub(crate) fn apply_tns(&mut self) {
        self.tns.apply(&self.info, &mut self.spectrum);
    }

    /// Whether a band uses intensity stereo, which is valid only in the second channel of
    /// a pair.
    pub(crate) fn has_intensity(&self) -> bool {
        let codebooks = self.codebooks.iter().take(self.info.coded_band_count());
        codebooks
            .copied()
            .any(|codebook| codebook == INTENSITY_HCB || codebook == INTENSITY_HCB2)
    }

    pub(crate) fn is_noise(&self, band: usize) -> bool {
        self.codebooks[band] == NOISE_HCB
    }

    /// The gain by which a band is derived from the first channel of the pair, where it
    /// uses intensity stereo.
    pub(crate) fn intensity(&self, band: usize) -> Option<f32> {
        match self.codebooks[band] {
            INTENSITY_HCB => Some(self.gains[band]),
            INTENSITY_HCB2 => Some(-self.gains[band]),
            _ => None,
        }
    }
}
