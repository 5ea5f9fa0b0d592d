//! AAC. `tonearm-aac-lc` decodes what most files hold, LC of one to six channels at 44.1
//! or 48 kHz, in a quarter of the time of `syom`, which decodes everything else: HE-AAC
//! v1 and v2, and up to 7.1.
//!
//! | file | what |
//! |---|---|
//! | `mod.rs` | chooses the decoder, and changes from the fast one to the fallback |
//! | `lc.rs` | adapts `tonearm-aac-lc` |
//! | `pce.rs` | channels defined by the first packet |
//!
//! Below 44.1 kHz a stream is often HE-AAC although its configuration says LC.

mod lc;
mod pce;
#[cfg(test)]
mod tests;

use syom::{Channel, DecodeOptions, Decoder as Syom};

use self::lc::LcDecoder;
use self::pce::PceDecoder;
use tonearm_media_core::{
    ChannelPosition, Decoder, FileError, Packet, Pcm, Result, Track, Undecodable,
};

use tonearm_media_core::frame_header::adts::AAC_RATES;

/// LC, until it meets something that is none.
struct FastDecoder {
    inner: Box<dyn Decoder>,
    config: Vec<u8>,
    /// The packet before.
    last: Vec<u8>,
    then: Option<FallbackDecoder>,
}

/// syom's.
struct FallbackDecoder {
    inner: Syom,
    config: Vec<u8>,
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

impl FallbackDecoder {
    fn open(config: Vec<u8>) -> Result<Self> {
        match Syom::from_asc(&config, DecodeOptions::unbounded()) {
            Ok(inner) => Ok(Self { inner, config }),
            Err(syom::AacError::Unsupported(_)) => Err(FileError::UnsupportedCodec {
                name: name_of(&config),
            }),
            Err(_) if object_type(&config) > 5 => Err(FileError::UnsupportedCodec {
                name: name_of(&config),
            }),
            Err(_) => Err(FileError::Damaged {
                detail: "the configuration of AAC",
            }),
        }
    }

    fn decode(&mut self, data: &[u8], pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.samples.clear();
        let outcome = self.inner.decode_au(data, |frame| {
            let planes = frame.planar.iter().copied();
            if frame.planar.len() == 1 {
                let places = std::iter::once(ChannelPosition::FrontCentre);
                pcm.set_planes(frame.sample_rate, places, planes);
            } else {
                let places = frame.meta.labels().map(position);
                pcm.set_planes(frame.sample_rate, places, planes);
                find_low_frequency(&mut pcm.positions);
            }
            Ok(())
        });
        if outcome.is_ok() && pcm.samples.iter().all(|sample| sample.is_finite()) {
            return Ok(());
        }
        // One bad packet leaves it closed for good; it starts anew, and the
        // next packet fades in from silence.
        self.inner.reset();
        let _ = self.inner.set_asc(&self.config);
        Err(Undecodable)
    }
}

impl Decoder for FallbackDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        Self::decode(self, &packet.data, pcm)
    }
}

fn position(channel: Channel) -> ChannelPosition {
    match channel {
        Channel::FrontLeft => ChannelPosition::FrontLeft,
        Channel::FrontRight => ChannelPosition::FrontRight,
        Channel::FrontCenter => ChannelPosition::FrontCentre,
        Channel::Lfe => ChannelPosition::LowFrequency,
        Channel::BackLeft | Channel::SideLeft => ChannelPosition::Left,
        Channel::BackRight | Channel::SideRight => ChannelPosition::Right,
        Channel::BackCenter => ChannelPosition::BackCentre,
        _ => ChannelPosition::Other,
    }
}

/// ffmpeg writes 5.1 with channels at the sides, which is what it makes of AC-3, as an
/// element of its own in which the low-frequency channel is a single one at the side.
fn find_low_frequency(places: &mut [ChannelPosition]) {
    if places.len() < 6 || places.contains(&ChannelPosition::LowFrequency) {
        return;
    }
    let mut others = places
        .iter_mut()
        .filter(|place| **place == ChannelPosition::Other);
    if let (Some(place), None) = (others.next(), others.next()) {
        *place = ChannelPosition::LowFrequency;
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

/// The audio object type (ISO/IEC 14496-3, table 1.17).
fn object_type(config: &[u8]) -> u8 {
    match config {
        [first, second, ..] if first >> 3 == 31 => 32 + ((first & 7) << 3 | second >> 5),
        [first, ..] => first >> 3,
        [] => 0,
    }
}

fn name_of(config: &[u8]) -> String {
    match object_type(config) {
        1 => "AAC Main".to_owned(),
        3 => "AAC SSR".to_owned(),
        4 => "AAC LTP".to_owned(),
        23 => "AAC-LD".to_owned(),
        34 => "MP3 within MPEG-4".to_owned(),
        36 => "MPEG-4 ALS".to_owned(),
        39 => "AAC-ELD".to_owned(),
        42 => "xHE-AAC (USAC)".to_owned(),
        other => format!("MPEG-4 audio of type {other}"),
    }
}
