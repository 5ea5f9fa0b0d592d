//! AAC. `tonearm-aac-lc` decodes what most files hold, LC of one to six channels at 44.1
//! or 48 kHz, in a quarter of the time of `syom`, which decodes everything else: HE-AAC
//! v1 and v2, and up to 7.1.
//!
//! | file | what |
//! |---|---|
//! | `mod.rs` | chooses the decoder, and changes from the fast one to the fallback |
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

/// LC, until it meets something that is none.
struct FastDecoder {
    inner: Box<dyn Decoder>,
    config: Vec<u8>,
    /// The packet before.
    last: Vec<u8>,
    then: Option<FallbackDecoder>,
}

/// Opens a decoder on the track's AudioSpecificConfig, or on one made of its
/// rate and channels, as old Matroska files have none.
pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let config = match track.params.config.as_slice() {
        config if config.len() >= 2 => config.to_vec(),
        _ => plain_config(track).ok_or(FileError::Damaged {
            detail: "AAC without a configuration",
        })?,
    };
    if let Some(told) = PceDecoder::open(&config) {
        return Ok(Box::new(told));
    }
    match LcDecoder::open(&config) {
        Ok(inner) => Ok(Box::new(FastDecoder {
            inner: Box::new(inner),
            config,
            last: Vec::new(),
            then: None,
        })),
        Err(_) => Ok(Box::new(FallbackDecoder::open(config)?)),
    }
}

impl Decoder for FastDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if let Some(then) = &mut self.then {
            return then.decode(&packet.data, pcm);
        }
        if self.inner.decode(packet, pcm).is_ok() {
            self.last.clone_from(&packet.data);
            return Ok(());
        }
        let then = FallbackDecoder::open(self.config.clone()).map_err(|_| Undecodable)?;
        let then = self.then.insert(then);
        // The first half of what a packet sounds like is the second of the one before.
        if !self.last.is_empty() {
            let _ = then.decode(&self.last, pcm);
        }
        then.decode(&packet.data, pcm)
    }
}

/// AAC-LC of the track's rate and channels.
fn plain_config(track: &Track) -> Option<Vec<u8>> {
    let channels = track.params.channel_count()?;
    lc_config(track.params.sample_rate?, channels)
}

/// The configuration of AAC-LC.
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
