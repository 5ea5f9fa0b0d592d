//! Adapts `syom`: HE-AAC and other profiles, and up to 7.1.

use syom::{Channel, DecodeOptions, Decoder as Syom};
use tonearm_media_core::{ChannelPosition, Decoder, FileError, Packet, Pcm, Result, Undecodable};

/// Decodes every profile that syom supports.
pub(super) struct FallbackDecoder {
    inner: Syom,
    config: Vec<u8>,
    /// Whether the sample rate is 7350 Hz.
    is_7350: bool,
}

impl FallbackDecoder {
    pub(super) fn open(mut config: Vec<u8>) -> Result<Self> {
        let is_7350 = replace_7350(&mut config);
        match Syom::from_asc(&config, DecodeOptions::unbounded()) {
            Ok(inner) => Ok(Self {
                inner,
                config,
                is_7350,
            }),
            Err(syom::AacError::Unsupported(_)) => Err(FileError::UnsupportedCodec {
                name: profile_name(&config),
            }),
            Err(_) if object_type(&config) > 5 => Err(FileError::UnsupportedCodec {
                name: profile_name(&config),
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
                let positions = std::iter::once(ChannelPosition::FrontCentre);
                pcm.set_planes(frame.sample_rate, positions, planes);
            } else {
                let positions = frame.meta.labels().map(channel_position);
                pcm.set_planes(frame.sample_rate, positions, planes);
                find_low_frequency(&mut pcm.positions);
            }
            Ok(())
        });
        if self.is_7350 {
            pcm.rate = pcm.rate / 160 * 147;
        }
        if outcome.is_ok() && pcm.samples.iter().all(|sample| sample.is_finite()) {
            return Ok(());
        }
        // After one bad packet syom rejects all others. It is reset, and the next packet
        // fades in from silence.
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

fn channel_position(channel: Channel) -> ChannelPosition {
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

/// ffmpeg encodes 5.1 with side channels, the layout it decodes AC-3 to, with a program
/// config element that declares the low-frequency channel as a single side channel.
fn find_low_frequency(positions: &mut [ChannelPosition]) {
    if positions.len() < 6 || positions.contains(&ChannelPosition::LowFrequency) {
        return;
    }
    let mut others = positions
        .iter_mut()
        .filter(|position| **position == ChannelPosition::Other);
    if let (Some(position), None) = (others.next(), others.next()) {
        *position = ChannelPosition::LowFrequency;
    }
}

/// Replaces a sample rate of 7350 Hz, which syom refuses, with 8000 Hz, which has the same
/// tables. Returns whether it was there.
fn replace_7350(config: &mut [u8]) -> bool {
    let [first, second, ..] = config else {
        return false;
    };
    // Index 12 after five bits; 11 replaces it.
    let is_7350 = *first & 7 == 6 && *second & 0x80 == 0;
    if is_7350 {
        *first = *first & 0xf8 | 5;
        *second |= 0x80;
    }
    is_7350
}

/// The audio object type (ISO/IEC 14496-3, table 1.17).
fn object_type(config: &[u8]) -> u8 {
    match config {
        [first, second, ..] if first >> 3 == 31 => 32 + ((first & 7) << 3 | second >> 5),
        [first, ..] => first >> 3,
        [] => 0,
    }
}

fn profile_name(config: &[u8]) -> String {
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
