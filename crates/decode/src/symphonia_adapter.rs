//! Adapts symphonia: MP1 to MP3, Vorbis, ALAC, ADPCM and PCM.

use tonearm_media_core::{
    ChannelPosition, Channels, Codec, CodecParams, Decoder, FileError, Packet, Pcm, Result,
    SampleLayout, Track, Undecodable,
};

use symphonia::core::audio::{
    Audio, AudioBuffer, Channels as TheirChannels, GenericAudioBufferRef, Position,
};
use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::get_codecs;

use crate::mp2_bitrates;
use tonearm_mp3::FrameHeader;

/// Most plausible samples per channel and packet.
const MAX_FRAMES: u64 = 65_535;

/// symphonia's identifier of a codec that it decodes.
fn symphonia_codec(codec: Codec) -> Option<AudioCodecId> {
    Some(match codec {
        Codec::Mp1 => CODEC_ID_MP1,
        Codec::Mp2 => CODEC_ID_MP2,
        Codec::Mp3 => CODEC_ID_MP3,
        Codec::Vorbis => CODEC_ID_VORBIS,
        Codec::Alac => CODEC_ID_ALAC,
        Codec::AdpcmMs => CODEC_ID_ADPCM_MS,
        Codec::AdpcmImaWav => CODEC_ID_ADPCM_IMA_WAV,
        Codec::PcmS8 => CODEC_ID_PCM_S8,
        Codec::PcmU8 => CODEC_ID_PCM_U8,
        Codec::PcmAlaw => CODEC_ID_PCM_ALAW,
        Codec::PcmMulaw => CODEC_ID_PCM_MULAW,
        Codec::PcmS16Le => CODEC_ID_PCM_S16LE,
        Codec::PcmS16Be => CODEC_ID_PCM_S16BE,
        Codec::PcmS24Le => CODEC_ID_PCM_S24LE,
        Codec::PcmS24Be => CODEC_ID_PCM_S24BE,
        Codec::PcmS32Le => CODEC_ID_PCM_S32LE,
        Codec::PcmS32Be => CODEC_ID_PCM_S32BE,
        Codec::PcmF32Le => CODEC_ID_PCM_F32LE,
        Codec::PcmF32Be => CODEC_ID_PCM_F32BE,
        Codec::PcmF64Le => CODEC_ID_PCM_F64LE,
        Codec::PcmF64Be => CODEC_ID_PCM_F64BE,
        _ => return None,
    })
}

/// Converts parameters to symphonia's; `None` for a codec that it does not decode.
fn to_symphonia(params: &CodecParams) -> Option<AudioCodecParameters> {
    let mut theirs = AudioCodecParameters::new();
    theirs.for_codec(symphonia_codec(params.codec)?);
    theirs.sample_rate = params.sample_rate;
    theirs.channels = params.channels.map(|channels| match channels {
        Channels::Speakers(mask) => {
            TheirChannels::Positioned(Position::from_bits_truncate(u64::from(mask)))
        }
        Channels::Count(count) => TheirChannels::Discrete(count),
    });
    theirs.bits_per_sample = params.bits_per_sample;
    theirs.bits_per_coded_sample = params.bits_per_coded_sample;
    theirs.frames_per_block = params.block_samples;
    theirs.max_frames_per_packet = params.max_packet_samples;
    if !params.config.is_empty() {
        theirs.with_extra_data(params.config.clone().into());
    }
    Some(theirs)
}

/// Opens symphonia's decoder for the track.
pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let mut params = to_symphonia(&track.params).ok_or_else(|| track.unsupported())?;
    // symphonia allocates this size, which comes from an untrusted file.
    if params.max_frames_per_packet > Some(MAX_FRAMES) {
        params.max_frames_per_packet = None;
    }
    // CAF states the width after decoding, which symphonia refuses.
    if matches!(params.codec, CODEC_ID_PCM_ALAW | CODEC_ID_PCM_MULAW) {
        params.bits_per_sample = None;
        params.bits_per_coded_sample = None;
    }
    if is_mpeg(params.codec) {
        return Ok(Box::new(Mpeg {
            params,
            current: None,
        }));
    }
    let damaged = FileError::Damaged {
        detail: "the configuration of the codec",
    };
    let mut block = None;
    if matches!(params.codec, CODEC_ID_ADPCM_MS | CODEC_ID_ADPCM_IMA_WAV) {
        block = adpcm_block(&params);
        params.max_frames_per_packet = block.map(|(_, samples)| samples);
        if block.is_none() {
            return Err(damaged);
        }
    }
    let inner = decoder(&params).ok_or(damaged)?;
    Ok(Box::new(SymphoniaDecoder { inner, block }))
}

pub(super) fn decoder(params: &AudioCodecParameters) -> Option<Box<dyn AudioDecoder>> {
    // The default is gapless: Vorbis then drops its first packet, half a window of
    // silence. The caller does all other trimming, so packets carry no trim.
    let options = AudioDecoderOptions::default();
    get_codecs().make_audio_decoder(params, &options).ok()
}

fn is_mpeg(codec: AudioCodecId) -> bool {
    [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&codec)
}

struct SymphoniaDecoder {
    inner: Box<dyn AudioDecoder>,
    /// ADPCM: bytes and samples per channel of a block.
    block: Option<(usize, u64)>,
}

/// Bytes and samples per channel of an ADPCM block.
fn adpcm_block(params: &AudioCodecParameters) -> Option<(usize, u64)> {
    let samples = params
        .frames_per_block
        .filter(|&samples| samples <= MAX_FRAMES)?;
    let channels = params.channels.as_ref()?.count() as u64;
    let (header, in_header) = match params.codec {
        CODEC_ID_ADPCM_MS => (7, 2),
        CODEC_ID_ADPCM_IMA_WAV => (4, 1),
        _ => return None,
    };
    let bytes = (header + samples.checked_sub(in_header)? / 2) * channels.max(1);
    Some((usize::try_from(bytes).ok()?, samples))
}

impl Decoder for SymphoniaDecoder {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let Some((bytes, samples)) = self.block else {
            return decode(self.inner.as_mut(), &packet.data, packet.ticks, pcm);
        };
        // symphonia's buffer holds one block, and it derives the number of blocks from a
        // duration that not every container states.
        let mut all = Vec::new();
        for block in packet.data.chunks_exact(bytes) {
            decode(self.inner.as_mut(), block, samples, pcm)?;
            all.extend_from_slice(&pcm.samples);
        }
        pcm.samples = all;
        match pcm.samples.is_empty() {
            true => Err(Undecodable),
            false => Ok(()),
        }
    }
}

fn decode(
    decoder: &mut dyn AudioDecoder,
    data: &[u8],
    ticks: u64,
    pcm: &mut Pcm,
) -> Result<(), Undecodable> {
    let decoded = decode_packet(decoder, data, ticks)?;
    match decoded {
        GenericAudioBufferRef::F32(planes) => {
            pcm.clear(SampleLayout::Planar);
            append_planes(planes, &mut pcm.samples);
        }
        _ => {
            pcm.clear(SampleLayout::Interleaved);
            decoded.copy_to_vec_interleaved(&mut pcm.samples);
        }
    }
    pcm.rate = decoded.spec().rate();
    set_positions(decoded.spec().channels(), &mut pcm.positions);
    Ok(())
}

/// Decodes a packet of `ticks` ticks.
pub(super) fn decode_packet<'a>(
    decoder: &'a mut dyn AudioDecoder,
    data: &[u8],
    ticks: u64,
) -> Result<GenericAudioBufferRef<'a>, Undecodable> {
    let packet = PacketRef::new(0, Timestamp::ZERO, Duration::new(ticks), data);
    decoder.decode_ref(&packet).map_err(|_| Undecodable)
}

/// Appends the samples in planar order.
pub(super) fn append_planes(planes: &AudioBuffer<f32>, samples: &mut Vec<f32>) {
    for plane in planes.iter_planes() {
        samples.extend_from_slice(plane);
    }
}

/// Decodes MPEG audio by the layer, rate and channels of each frame: MP4 does not
/// distinguish layers 2 and 3, and a stream may switch between mono and stereo.
struct Mpeg {
    params: AudioCodecParameters,
    current: Option<(FrameHeader, Box<dyn AudioDecoder>)>,
}

impl Decoder for Mpeg {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let original = FrameHeader::parse(&packet.data).ok_or(Undecodable)?;
        let allowed = mp2_bitrates::allowed(&packet.data);
        let (data, channels) = match &allowed {
            Some((data, channels)) => (data.as_slice(), *channels),
            None => (packet.data.as_slice(), mp2_bitrates::Channels::All),
        };
        let header = FrameHeader::parse(data).ok_or(Undecodable)?;
        let key = |header: &FrameHeader| (header.layer, header.sample_rate, header.channels);
        let current = self.current.take();
        let (_, decoder) = match current.filter(|(last, _)| key(last) == key(&header)) {
            Some(current) => self.current.insert(current),
            None => {
                let mut params = self.params.clone();
                params.for_codec(match header.layer {
                    1 => CODEC_ID_MP1,
                    2 => CODEC_ID_MP2,
                    _ => CODEC_ID_MP3,
                });
                let new = decoder(&params).ok_or(Undecodable)?;
                self.current.insert((header, new))
            }
        };
        decode(decoder.as_mut(), data, packet.ticks, pcm)?;
        if channels == mp2_bitrates::Channels::Left {
            // The decoder's samples are planar.
            pcm.samples.truncate(pcm.samples.len() / 2);
            pcm.rate = original.sample_rate;
            pcm.positions = vec![ChannelPosition::FrontCentre];
        }
        Ok(())
    }
}

/// Sets the positions in symphonia's channel order, that of the mask's bits.
fn set_positions(channels: &TheirChannels, positions: &mut Vec<ChannelPosition>) {
    positions.clear();
    match channels {
        TheirChannels::Positioned(speakers) => positions.extend(speakers.iter().map(position_of)),
        TheirChannels::Discrete(2) => {
            positions.extend([ChannelPosition::FrontLeft, ChannelPosition::FrontRight])
        }
        TheirChannels::Discrete(1) => positions.push(ChannelPosition::FrontCentre),
        other => positions.resize(other.count(), ChannelPosition::Other),
    }
}

fn position_of(position: Position) -> ChannelPosition {
    match position {
        Position::FRONT_LEFT => ChannelPosition::FrontLeft,
        Position::FRONT_RIGHT => ChannelPosition::FrontRight,
        Position::FRONT_CENTER => ChannelPosition::FrontCentre,
        Position::LFE1 | Position::LFE2 => ChannelPosition::LowFrequency,
        Position::REAR_LEFT
        | Position::SIDE_LEFT
        | Position::FRONT_LEFT_CENTER
        | Position::FRONT_LEFT_WIDE => ChannelPosition::Left,
        Position::REAR_RIGHT
        | Position::SIDE_RIGHT
        | Position::FRONT_RIGHT_CENTER
        | Position::FRONT_RIGHT_WIDE => ChannelPosition::Right,
        Position::REAR_CENTER => ChannelPosition::BackCentre,
        _ => ChannelPosition::Other,
    }
}
