//! Adapts `tonearm-aac-lc`.

use tonearm_aac_lc::{Speaker, UnsupportedConfig};

use tonearm_media_core::{
    ChannelPosition, Decoder, FileError, Packet, Pcm, SampleLayout, Undecodable,
};

/// AAC-LC of one to six channels.
pub(super) struct LcDecoder(tonearm_aac_lc::Decoder);

impl LcDecoder {
    /// Opens a decoder on an AudioSpecificConfig.
    pub(super) fn open(config: &[u8]) -> Result<Self, UnsupportedConfig> {
        tonearm_aac_lc::Decoder::from_audio_specific_config(config).map(Self)
    }

    /// In Hz.
    pub(super) fn sample_rate(&self) -> u32 {
        self.0.sample_rate()
    }
}

impl Decoder for LcDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.layout = SampleLayout::Planar;
        let Self(inner) = self;
        inner
            .decode(&packet.data, &mut pcm.samples)
            .map_err(|_| Undecodable)?;
        pcm.rate = inner.sample_rate();
        pcm.positions.clear();
        pcm.positions.extend(inner.speakers().iter().map(position));
        Ok(())
    }

    fn refusal(&self) -> Option<FileError> {
        self.0.has_sbr().then(|| FileError::UnsupportedCodec {
            name: "HE-AAC".to_owned(),
        })
    }
}

fn position(speaker: &Speaker) -> ChannelPosition {
    match speaker {
        Speaker::FrontCentre => ChannelPosition::FrontCentre,
        Speaker::FrontLeft => ChannelPosition::FrontLeft,
        Speaker::FrontRight => ChannelPosition::FrontRight,
        Speaker::SurroundLeft => ChannelPosition::Left,
        Speaker::SurroundRight => ChannelPosition::Right,
        Speaker::BackCentre => ChannelPosition::BackCentre,
        Speaker::LowFrequency => ChannelPosition::LowFrequency,
    }
}
