//! AAC by `syom`: LC, HE-AAC v1 and v2, up to 7.1.
//!
//! symphonia's decoder stops at stereo and, worse, plays HE-AAC at half its
//! rate without a word.

use syom::{Channel, DecodeOptions, Decoder as Syom};

use super::{Decoder, Pcm, Place, Undecodable};
use crate::demux::{Packet, Track};
use crate::error::{MediaError, Result};
use crate::frames::AAC_RATES;

struct Aac {
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
    Ok(Box::new(Aac { syom, config }))
}

impl Decoder for Aac {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
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
