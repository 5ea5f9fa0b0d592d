//! A decoder for the AAC-LC of most files: mono to 5.1 at every sample rate.
//!
//! ```text
//! raw_data_block ──▶ syntax ──▶ channel_stream ──▶ stereo ──▶ tns ──▶ filterbank ──▶ planes
//!                    elements   spectrum: windows,                    mdct
//!                               scale_factors, huffman,
//!                               spectral_codebooks, noise
//! ```
//!
//! Clauses and tables are those of ISO/IEC 14496-3, and so are the names of syntax
//! elements. Anything beyond plain LC is an error, so that the caller can switch to a
//! complete decoder: HE-AAC (SBR, PS), coupling channels, prediction, pulses, gain control.
//! The low-frequency channel of 5.1 is not decoded, because a downmix leaves it out.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // AAC-LC, 48 kHz, stereo.
//! let mut decoder = tonearm_aac_lc::Decoder::from_audio_specific_config(&[0x11, 0x90])?;
//! assert_eq!((decoder.sample_rate(), decoder.speakers().len()), (48_000, 2));
//! let mut samples = Vec::new();
//! // No block is empty.
//! assert!(decoder.decode(&[], &mut samples).is_err());
//! # Ok(())
//! # }
//! ```

mod band_layout;
mod bit_reader;
mod channel_stream;
mod codebooks;
mod decoder;
mod error;
mod filterbank;
mod huffman;
mod layout;
mod mdct;
mod noise;
mod scale_factors;
mod spectral_codebooks;
mod stereo;
mod syntax;
mod tables;
mod tns;
mod windows;

pub use decoder::Decoder;
pub use error::{DecodeError, UnsupportedConfig};
pub use layout::Speaker;
