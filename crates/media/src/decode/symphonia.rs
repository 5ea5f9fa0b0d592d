//! The codecs that symphonia decodes: MP1 to MP3, Vorbis, FLAC, ALAC, ADPCM,
//! PCM.

use ::symphonia::core::audio::{Audio, AudioBuffer, Channels, GenericAudioBufferRef, Position};
use ::symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS, CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3,
    CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW,
};
use ::symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use ::symphonia::core::packet::PacketRef;
use ::symphonia::core::units::{Duration, Timestamp};
use ::symphonia::default::get_codecs;

use super::{Decoder, Order, Pcm, Place, Undecodable};
use crate::demux::{Packet, Track};
use crate::error::{MediaError, Result};
use crate::frames::{self, FrameHeader};

/// Samples per channel that a packet is believed to have at most: FLAC's limit.
const MAX_FRAMES: u64 = 65_535;

/// Whether symphonia has a decoder.
pub(super) fn is_supported(codec: AudioCodecId) -> bool {
    get_codecs().get_audio_decoder(codec).is_some()
}

/// Opens symphonia's decoder for the track.
pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let mut params = track.params.clone();
    // The size of the first allocation, taken from the file: not to be trusted.
    if params.max_frames_per_packet > Some(MAX_FRAMES) {
        params.max_frames_per_packet = None;
    }
    // CAF gives the width of what they decode to, which symphonia then refuses.
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
    let damaged = MediaError::Damaged {
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
    Ok(Box::new(Wrapped { inner, block }))
}

pub(super) fn decoder(params: &AudioCodecParameters) -> Option<Box<dyn AudioDecoder>> {
    // Gapless, for Vorbis then drops its first packet, which is half a window
    // of nothing. All other trimming is the pipeline's work: packets go in
    // without a word on it.
    let options = AudioDecoderOptions::default();
    get_codecs().make_audio_decoder(params, &options).ok()
}

fn is_mpeg(codec: AudioCodecId) -> bool {
    [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&codec)
}

struct Wrapped {
    inner: Box<dyn AudioDecoder>,
    /// ADPCM: bytes of a block, and its samples per channel.
    block: Option<(usize, u64)>,
}

/// Bytes and samples of a block of ADPCM.
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

impl Decoder for Wrapped {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let Some((bytes, samples)) = self.block else {
            return decode(self.inner.as_mut(), &packet.data, packet.ticks, pcm);
        };
        // symphonia has room for one block, and counts them by a length in time
        // that not every container tells.
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
    let decoded = run(decoder, data, ticks)?;
    match decoded {
        GenericAudioBufferRef::F32(planes) => {
            pcm.clear(Order::Planar);
            append(planes, &mut pcm.samples);
        }
        _ => {
            pcm.clear(Order::Interleaved);
            decoded.copy_to_vec_interleaved(&mut pcm.samples);
        }
    }
    pcm.rate = decoded.spec().rate();
    set_places(decoded.spec().channels(), &mut pcm.places);
    Ok(())
}

/// What a packet of so many ticks decodes to.
pub(super) fn run<'a>(
    decoder: &'a mut dyn AudioDecoder,
    data: &[u8],
    ticks: u64,
) -> Result<GenericAudioBufferRef<'a>, Undecodable> {
    let packet = PacketRef::new(0, Timestamp::ZERO, Duration::new(ticks), data);
    decoder.decode_ref(&packet).map_err(|_| Undecodable)
}

/// Appends one channel after the other.
pub(super) fn append(planes: &AudioBuffer<f32>, samples: &mut Vec<f32>) {
    for plane in planes.iter_planes() {
        samples.extend_from_slice(plane);
    }
}

/// MPEG audio, whose frames tell layer, rate and channels themselves: MP4 calls
/// layer 2 and layer 3 the same, and a stream may go over from mono to stereo.
struct Mpeg {
    params: AudioCodecParameters,
    current: Option<(FrameHeader, Box<dyn AudioDecoder>)>,
}

impl Decoder for Mpeg {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let header = frames::parse(&packet.data).ok_or(Undecodable)?;
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
                let fresh = decoder(&params).ok_or(Undecodable)?;
                self.current.insert((header, fresh))
            }
        };
        decode(decoder.as_mut(), &packet.data, packet.ticks, pcm)
    }
}

/// symphonia orders channels by the bit of their place.
fn set_places(channels: &Channels, places: &mut Vec<Place>) {
    places.clear();
    match channels {
        Channels::Positioned(positions) => places.extend(positions.iter().map(place)),
        Channels::Discrete(2) => places.extend([Place::FrontLeft, Place::FrontRight]),
        Channels::Discrete(1) => places.push(Place::FrontCentre),
        other => places.resize(other.count(), Place::Other),
    }
}

fn place(position: Position) -> Place {
    match position {
        Position::FRONT_LEFT => Place::FrontLeft,
        Position::FRONT_RIGHT => Place::FrontRight,
        Position::FRONT_CENTER => Place::FrontCentre,
        Position::LFE1 | Position::LFE2 => Place::LowFrequency,
        Position::REAR_LEFT
        | Position::SIDE_LEFT
        | Position::FRONT_LEFT_CENTER
        | Position::FRONT_LEFT_WIDE => Place::Left,
        Position::REAR_RIGHT
        | Position::SIDE_RIGHT
        | Position::FRONT_RIGHT_CENTER
        | Position::FRONT_RIGHT_WIDE => Place::Right,
        Position::REAR_CENTER => Place::BackCentre,
        _ => Place::Other,
    }
}
