//! Adapts `syom`: HE-AAC and the other profiles, and up to 7.1.

use syom::{Channel, DecodeOptions, Decoder as Syom};
use tonearm_media_core::{ChannelPosition, Decoder, FileError, Packet, Pcm, Result, Undecodable};

/// Decodes every profile that syom supports.
pub(super) struct FallbackDecoder {
    inner: Syom,
    config: Vec<u8>,
}

impl FallbackDecoder {
    pub(super) fn open(config: Vec<u8>) -> Result<Self> {
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

    pub(super) fn decode(&mut self, data: &[u8], pcm: &mut Pcm) -> Result<(), Undecodable> {
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
