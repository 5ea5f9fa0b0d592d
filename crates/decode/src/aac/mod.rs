//! AAC. `tonearm-aac-lc` decodes the format of most files, LC of one to six channels. The
//! plugin decodes everything else: HE-AAC v1 and v2, Main, LTP, and up to 7.1.
//!
//! | file | contents |
//! |---|---|
//! | `mod.rs` | selects the decoder, and switches from the fast one to the plugin |
//! | `faac.rs` | the delay of one encoder |
//! | `lc.rs` | adapts `tonearm-aac-lc` |
//! | `pce.rs` | channels defined by the first packet |
//!
//! Below 44.1 kHz a stream is often HE-AAC although its configuration says LC, so a plugin
//! that has AAC decodes those rates. Without one, the first packet with SBR refuses the track.

mod faac;
mod lc;
mod pce;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::faac::SkipDelay;
use self::lc::LcDecoder;
use self::pce::PceDecoder;
use tonearm_media_core::{
    Codec, Decoder, DecoderPlugin, FileError, Packet, Pcm, Result, Track, Undecodable,
};

use tonearm_media_core::frame_header::adts::AAC_RATES;

/// The lowest rate in Hz at which a configuration of LC can be trusted.
const LOWEST_PLAIN: u32 = 44_100;

/// Opens the plugin's decoder when it is needed.
#[derive(Clone)]
struct Fallback {
    plugin: Arc<dyn DecoderPlugin>,
    track: Track,
}

impl Fallback {
    fn new(plugin: &Arc<dyn DecoderPlugin>, track: &Track, config: &[u8]) -> Self {
        let mut track = track.clone();
        track.params.config = config.to_vec();
        let plugin = Arc::clone(plugin);
        Self { plugin, track }
    }

    /// Whether the plugin decodes this rate by preference.
    fn takes_rate(&self, rate: u32) -> bool {
        rate < LOWEST_PLAIN && self.plugin.codecs().contains(&Codec::Aac)
    }

    /// # Errors
    /// `UnsupportedCodec` names the profile: where the plugin does not have AAC, and where
    /// it refuses one that it does not know, such as xHE-AAC.
    fn open(&self) -> Result<Box<dyn Decoder>> {
        let config = self.track.params.config.as_slice();
        let unsupported = FileError::UnsupportedCodec {
            name: profile_name(config, self.track.params.sample_rate),
        };
        if !self.plugin.codecs().contains(&Codec::Aac) {
            return Err(unsupported);
        }
        let opened = self.plugin.open(&self.track);
        match opened {
            Err(FileError::Damaged { .. }) if object_type(config) > 5 => Err(unsupported),
            _ => opened,
        }
    }
}

/// Decodes LC until a packet fails, and then uses the plugin.
struct FastDecoder {
    inner: Box<dyn Decoder>,
    fallback: Fallback,
    /// The previous packet.
    previous: Vec<u8>,
    /// Once a packet has failed; `None` inside where the plugin does not have AAC.
    slow: Option<Option<Box<dyn Decoder>>>,
}

/// Opens a decoder for the track's AudioSpecificConfig. Old Matroska files have none, so it
/// is then derived from sample rate and channels.
pub(super) fn open(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    Ok(Box::new(SkipDelay::new(open_codec(track, plugin)?)))
}

fn open_codec(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    let config = match track.params.config.as_slice() {
        config if config.len() >= 2 => config.to_vec(),
        _ => derived_config(track).ok_or(FileError::Damaged {
            detail: "AAC without a configuration",
        })?,
    };
    let fallback = Fallback::new(plugin, track, &config);
    if pce::is_in_stream(&config) {
        return Ok(Box::new(PceDecoder::new(fallback)));
    }
    match LcDecoder::open(&config) {
        Ok(inner) if !fallback.takes_rate(inner.sample_rate()) => Ok(Box::new(FastDecoder {
            inner: Box::new(inner),
            fallback,
            previous: Vec::new(),
            slow: None,
        })),
        _ => fallback.open(),
    }
}

impl FastDecoder {
    /// Replaces the fast decoder.
    fn give_up(&mut self, pcm: &mut Pcm) {
        let mut slow = self.fallback.open().ok();
        // The audio of a packet overlaps that of the previous one.
        if let (Some(slow), false) = (&mut slow, self.previous.is_empty()) {
            let packet = Packet {
                data: std::mem::take(&mut self.previous),
                ..Packet::default()
            };
            let _ = slow.decode(&packet, pcm);
        }
        self.slow = Some(slow);
    }
}

impl Decoder for FastDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if self.slow.is_none() {
            if self.inner.decode(packet, pcm).is_ok() {
                self.previous.clone_from(&packet.data);
                return Ok(());
            }
            self.give_up(pcm);
        }
        match &mut self.slow {
            Some(Some(slow)) => slow.decode(packet, pcm),
            // Without AAC in the plugin, the fast decoder does what it can.
            _ => self.inner.decode(packet, pcm),
        }
    }

    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        match &mut self.slow {
            Some(Some(slow)) => slow.flush(pcm),
            _ => self.inner.flush(pcm),
        }
    }

    fn refusal(&self) -> Option<FileError> {
        let needs_plugin = matches!(self.slow, Some(None));
        needs_plugin.then(|| self.inner.refusal()).flatten()
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

/// The audio object type (ISO/IEC 14496-3, table 1.17).
fn object_type(config: &[u8]) -> u8 {
    match config {
        [first, second, ..] if first >> 3 == 31 => 32 + ((first & 7) << 3 | second >> 5),
        [first, ..] => first >> 3,
        [] => 0,
    }
}

fn profile_name(config: &[u8], rate: Option<u32>) -> String {
    match (object_type(config), rate) {
        (1, _) => "AAC Main".to_owned(),
        (2, Some(rate)) => format!("AAC at {rate} Hz"),
        (2, None) => "AAC".to_owned(),
        (3, _) => "AAC SSR".to_owned(),
        (4, _) => "AAC LTP".to_owned(),
        (5, _) => "HE-AAC".to_owned(),
        (29, _) => "HE-AAC v2".to_owned(),
        (23, _) => "AAC-LD".to_owned(),
        (34, _) => "MP3 within MPEG-4".to_owned(),
        (36, _) => "MPEG-4 ALS".to_owned(),
        (39, _) => "AAC-ELD".to_owned(),
        (42, _) => "xHE-AAC (USAC)".to_owned(),
        (other, _) => format!("MPEG-4 audio of type {other}"),
    }
}
