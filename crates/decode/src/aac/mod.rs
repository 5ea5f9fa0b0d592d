//! AAC. `tonearm-aac-lc` decodes the format of most files, LC of one to six channels at
//! 44.1 or 48 kHz, in a quarter of the time of `syom`. `syom` decodes everything else:
//! HE-AAC v1 and v2, and up to 7.1.
//!
//! | file | contents |
//! |---|---|
//! | `mod.rs` | selects the decoder, and switches from the fast one to the fallback |
//! | `fallback.rs` | adapts `syom` |
//! | `lc.rs` | adapts `tonearm-aac-lc` |
//! | `pce.rs` | channels defined by the first packet |
//!
//! Below 44.1 kHz a stream is often HE-AAC although its configuration says LC.

mod fallback;
mod lc;
mod pce;
#[cfg(test)]
mod tests;

use self::fallback::FallbackDecoder;
use self::lc::LcDecoder;
use self::pce::PceDecoder;
use tonearm_media_core::{Decoder, FileError, Packet, Pcm, Result, Track, Undecodable};

use tonearm_media_core::frame_header::adts::AAC_RATES;

/// Decodes LC until a packet fails, and then uses the fallback.
struct FastDecoder {
    inner: Box<dyn Decoder>,
    config: Vec<u8>,
    /// The previous packet.
    previous: Vec<u8>,
    fallback: Option<FallbackDecoder>,
}

/// Opens a decoder for the track's AudioSpecificConfig. Old Matroska files have none, so it
/// is then derived from sample rate and channels.
pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let config = match track.params.config.as_slice() {
        config if config.len() >= 2 => config.to_vec(),
        _ => derived_config(track).ok_or(FileError::Damaged {
            detail: "AAC without a configuration",
        })?,
    };
    if let Some(decoder) = PceDecoder::open(&config) {
        return Ok(Box::new(decoder));
    }
    match LcDecoder::open(&config) {
        Ok(inner) => Ok(Box::new(FastDecoder {
            inner: Box::new(inner),
            config,
            previous: Vec::new(),
            fallback: None,
        })),
        Err(_) => Ok(Box::new(FallbackDecoder::open(config)?)),
    }
}

impl Decoder for FastDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if let Some(fallback) = &mut self.fallback {
            return fallback.decode(&packet.data, pcm);
        }
        if self.inner.decode(packet, pcm).is_ok() {
            self.previous.clone_from(&packet.data);
            return Ok(());
        }
        let fallback = FallbackDecoder::open(self.config.clone()).map_err(|_| Undecodable)?;
        let fallback = self.fallback.insert(fallback);
        // The audio of a packet overlaps that of the previous one.
        if !self.previous.is_empty() {
            let _ = fallback.decode(&self.previous, pcm);
        }
        fallback.decode(&packet.data, pcm)
    }
}

/// The configuration of AAC-LC with the track's sample rate and channels.
fn derived_config(track: &Track) -> Option<Vec<u8>> {
    let channels = track.params.channel_count()?;
    lc_config(track.params.sample_rate?, channels)
}

/// The AudioSpecificConfig of AAC-LC.
fn lc_config(rate: u32, channels: usize) -> Option<Vec<u8>> {
    let index = AAC_RATES.iter().position(|&known| known == rate)?;
    let configuration = match channels {
        1..=6 => channels,
        8 => 7,
        _ => return None,
    };
    let bits = 2 << 11 | index << 7 | configuration << 3;
    Some(u16::try_from(bits).ok()?.to_be_bytes().to_vec())
}
