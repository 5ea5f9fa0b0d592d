//! AAC. By `syom`: LC, HE-AAC v1 and v2, up to 7.1. What most files hold, LC in stereo
//! or mono at 44.1 or 48 kHz, is symphonia's: in WebAssembly it takes half the time.
//!
//! symphonia's decoder stops at stereo and, worse, plays HE-AAC at half its rate
//! without a word. Below 44.1 kHz a stream may be HE-AAC though its configuration
//! says LC; above, what that adds is not heard.

use syom::{Channel, DecodeOptions, Decoder as Syom};

use super::{Decoder, Pcm, Place, Undecodable, symphonia};
use crate::demux::{Packet, Track};
use crate::error::{MediaError, Result};
use crate::frames::AAC_RATES;

struct Aac {
    /// symphonia's, until it meets something that it does not know.
    plain: Option<Box<dyn Decoder>>,
    syom: Syom,
    config: Vec<u8>,
}

/// Opens a decoder on the track's AudioSpecificConfig, or on one made of its
/// rate and channels, as old Matroska files have none.
pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let config = match track.params.extra_data.as_deref() {
        Some(config) if config.len() >= 2 => config.to_vec(),
        _ => plain_config(track).ok_or(MediaError::Damaged {
            detail: "AAC without a configuration",
        })?,
    };
    let syom = match Syom::from_asc(&config, DecodeOptions::unbounded()) {
        Ok(syom) => syom,
        Err(syom::AacError::Unsupported(_)) => {
            return Err(MediaError::UnsupportedCodec {
                name: name_of(&config),
            });
        }
        Err(_) if object_type(&config) > 5 => {
            return Err(MediaError::UnsupportedCodec {
                name: name_of(&config),
            });
        }
        Err(_) => {
            return Err(MediaError::Damaged {
                detail: "the configuration of AAC",
            });
        }
    };
    let plain = match is_plain(&config) {
        true => symphonia::open(track).ok(),
        false => None,
    };
    Ok(Box::new(Aac {
        plain,
        syom,
        config,
    }))
}

impl Decoder for Aac {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        if let Some(plain) = &mut self.plain {
            match plain.decode(packet, pcm) {
                Ok(()) => return Ok(()),
                Err(Undecodable) => self.plain = None,
            }
        }
        pcm.samples.clear();
        let outcome = self.syom.decode_au(&packet.data, |frame| {
            let places = frame.meta.labels().map(place);
            let is_mono = frame.planar.len() == 1;
            if is_mono {
                pcm.interleave(
                    frame.sample_rate,
                    std::iter::once(Place::FrontCentre),
                    frame.planar,
                );
            } else {
                pcm.interleave(frame.sample_rate, places, frame.planar);
            }
            Ok(())
        });
        if outcome.is_ok() && pcm.samples.iter().all(|sample| sample.is_finite()) {
            return Ok(());
        }
        // One bad packet leaves it closed for good; it starts anew, and the
        // next packet fades in from silence.
        self.syom.reset();
        let _ = self.syom.set_asc(&self.config);
        Err(Undecodable)
    }
}

fn place(channel: Channel) -> Place {
    match channel {
        Channel::FrontLeft => Place::FrontLeft,
        Channel::FrontRight => Place::FrontRight,
        Channel::FrontCenter => Place::FrontCentre,
        Channel::Lfe => Place::LowFrequency,
        Channel::BackLeft | Channel::SideLeft => Place::Left,
        Channel::BackRight | Channel::SideRight => Place::Right,
        Channel::BackCenter => Place::BackCentre,
        _ => Place::Other,
    }
}

/// Whether a configuration is that of LC with 1024 samples a frame, mono or stereo, at
/// 44.1 or 48 kHz, with no word of SBR but that there is none.
fn is_plain(config: &[u8]) -> bool {
    const NO_SBR: [u8; 3] = [0x56, 0xe5, 0];
    let Some((&[first, second], rest)) = config.split_first_chunk() else {
        return false;
    };
    let rate = (first & 7) << 1 | second >> 7;
    let (channels, flags) = (second >> 3 & 15, second & 7);
    object_type(config) == 2
        && (3..=4).contains(&rate)
        && (1..=2).contains(&channels)
        && flags == 0
        && (rest.is_empty() || rest == NO_SBR)
}

/// AAC-LC of the track's rate and channels.
fn plain_config(track: &Track) -> Option<Vec<u8>> {
    let rate = track.params.sample_rate?;
    let index = AAC_RATES.iter().position(|&known| known == rate)?;
    let channels = track.params.channels.as_ref()?.count();
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
