//! The tables that every channel stream is decoded with.

use super::band_layout::BandLayout;
use super::huffman::ScaleFactorCodebook;
use super::scale_factors::ScaleFactors;
use super::spectral_codebooks::SpectralCodebooks;

/// Codebooks and scales, computed once per decoder, and the bands of its sample rate.
pub(crate) struct Tables {
    pub(crate) bands: &'static BandLayout,
    pub(crate) scale_factor_codebook: ScaleFactorCodebook,
    pub(crate) scale_factors: ScaleFactors,
    pub(crate) spectral_codebooks: SpectralCodebooks,
}

impl Tables {
    pub(crate) fn new(bands: &'static BandLayout) -> Self {
        Self {
            bands,
            scale_factor_codebook: ScaleFactorCodebook::new(),
            scale_factors: ScaleFactors::new(),
            spectral_codebooks: SpectralCodebooks::new(),
        }
    }
}
