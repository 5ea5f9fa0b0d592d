//! The tables that every channel stream is decoded with.

use super::huffman::ScaleFactorCodebook;
use super::scale_factors::ScaleFactors;
use super::spectral_codebooks::SpectralCodebooks;

/// Codebooks and scales, computed once per decoder.
pub(crate) struct Tables {
    pub(crate) scale_factor_codebook: ScaleFactorCodebook,
    pub(crate) scale_factors: ScaleFactors,
    pub(crate) spectral_codebooks: SpectralCodebooks,
}

impl Tables {
    pub(crate) fn new() -> Self {
        Self {
            scale_factor_codebook: ScaleFactorCodebook::new(),
            scale_factors: ScaleFactors::new(),
            spectral_codebooks: SpectralCodebooks::new(),
        }
    }
}
