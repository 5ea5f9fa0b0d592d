//! Converts symphonia's codec parameters.

use tonearm_media_core::{Channels, Codec, CodecParams};

use symphonia::core::audio::Channels as SymphoniaChannels;
use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

/// Converts the codec identifiers that symphonia's readers yield.
pub(super) fn codec(id: AudioCodecId) -> Codec {
    match id {
        CODEC_ID_AAC => Codec::Aac,
        CODEC_ID_MP1 => Codec::Mp1,
        CODEC_ID_MP2 => Codec::Mp2,
        CODEC_ID_MP3 => Codec::Mp3,
        CODEC_ID_VORBIS => Codec::Vorbis,
        CODEC_ID_OPUS => Codec::Opus,
        CODEC_ID_FLAC => Codec::Flac,
        CODEC_ID_ALAC => Codec::Alac,
        CODEC_ID_AC3 => Codec::Ac3,
        CODEC_ID_EAC3 => Codec::Eac3,
        CODEC_ID_SPEEX => Codec::Speex,
        CODEC_ID_ADPCM_MS => Codec::AdpcmMs,
        CODEC_ID_ADPCM_IMA_WAV => Codec::AdpcmImaWav,
        CODEC_ID_ADPCM_IMA_QT => Codec::AdpcmImaQt,
        _ => Codec::Unknown,
    }
}

/// Converts symphonia's codec parameters.
pub(super) fn from_symphonia(params: &AudioCodecParameters) -> CodecParams {
    CodecParams {
        codec: codec(params.codec),
        sample_rate: params.sample_rate,
        channels: params.channels.as_ref().and_then(channels),
        bits_per_sample: params.bits_per_sample,
        bits_per_coded_sample: params.bits_per_coded_sample,
        block_samples: params.frames_per_block,
        max_packet_samples: params.max_frames_per_packet,
        config: params.extra_data.as_deref().unwrap_or_default().to_vec(),
        ..CodecParams::default()
    }
}

fn channels(channels: &SymphoniaChannels) -> Option<Channels> {
    match channels {
        SymphoniaChannels::None => None,
        // Bits 0 to 17 have the same meaning as in WAVE; the others are kept unchanged.
        SymphoniaChannels::Positioned(positions) => match u32::try_from(positions.bits()) {
            Ok(bits) => Some(Channels::Speakers(bits)),
            Err(_) => Channels::usual(u16::try_from(channels.count()).unwrap_or(u16::MAX)),
        },
        other => Some(Channels::Count(
            u16::try_from(other.count()).unwrap_or(u16::MAX),
        )),
    }
}
