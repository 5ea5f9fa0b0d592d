//! From packets to PCM.

mod aac;
mod dolby;
pub(crate) mod ima4;
mod opus;
mod symphonia;
mod vorbis;

use ::symphonia::core::codecs::audio::AudioCodecId;
use ::symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_AC3, CODEC_ID_ADPCM_IMA_QT, CODEC_ID_EAC3, CODEC_ID_OPUS,
    CODEC_ID_VORBIS,
};

use crate::codec;
use crate::demux::{Packet, Track};
use crate::error::{MediaError, Result};

/// Where a channel is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    FrontLeft,
    FrontRight,
    FrontCentre,
    /// The subwoofer's own channel.
    LowFrequency,
    Left,
    Right,
    /// Behind, in the middle.
    BackCentre,
    /// Anywhere else.
    Other,
}

/// How samples of several channels lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// All channels of one moment side by side.
    #[default]
    Interleaved,
    /// One channel after the other.
    Planar,
}

/// Decoded sound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pcm {
    /// Full scale at -1.0 and 1.0.
    pub(crate) samples: Vec<f32>,
    pub(crate) order: Order,
    /// In Hz.
    pub(crate) rate: u32,
    /// One for each channel.
    pub(crate) places: Vec<Place>,
}

impl Pcm {
    /// Samples per channel.
    pub(crate) fn frames(&self) -> usize {
        self.samples.len() / self.places.len().max(1)
    }

    /// Makes room for samples in this order. Rate and places stay as they are, for the
    /// silence in place of what turns out to be damaged.
    fn clear(&mut self, order: Order) {
        self.samples.clear();
        self.order = order;
    }

    /// Replaces everything by these channels, which are of equal length.
    fn set_planes<'a>(
        &mut self,
        rate: u32,
        places: impl Iterator<Item = Place>,
        planes: impl Iterator<Item = &'a [f32]>,
    ) {
        self.clear(Order::Planar);
        self.rate = rate;
        let mut count = 0;
        for plane in planes {
            self.samples.extend_from_slice(plane);
            count += 1;
        }
        self.places.clear();
        self.places.extend(places.take(count));
        self.places.resize(count, Place::Other);
    }
}

/// Why a packet gave no sound: it is damaged. There is nothing more to say, the
/// next packet may be whole again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undecodable;

/// Decodes the packets of one track.
pub(crate) trait Decoder: Send {
    /// Replaces `pcm` by what the packet decodes to, untrimmed.
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable>;
}

/// Whether there is a decoder.
pub(crate) fn is_supported(codec: AudioCodecId) -> bool {
    const OWN: [AudioCodecId; 4] = [CODEC_ID_AAC, CODEC_ID_AC3, CODEC_ID_EAC3, CODEC_ID_OPUS];
    OWN.contains(&codec) || symphonia::is_supported(codec)
}

/// The decoder of a track.
///
/// # Errors
/// `UnsupportedCodec` with the codec's name, `Damaged` where its configuration
/// makes no sense.
pub(crate) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    match track.params.codec {
        CODEC_ID_AAC => aac::open(track),
        CODEC_ID_AC3 | CODEC_ID_EAC3 => dolby::open(track),
        CODEC_ID_ADPCM_IMA_QT => Ok(ima4::open(track)),
        CODEC_ID_OPUS => opus::open(track),
        CODEC_ID_VORBIS if vorbis::is_surround(track) => vorbis::open(track),
        codec if symphonia::is_supported(codec) => symphonia::open(track),
        _ => Err(unsupported(track)),
    }
}

/// Ticks that the codec's own header says to throw away at the start.
pub(crate) fn pre_skip(track: &Track) -> u64 {
    match track.params.codec {
        CODEC_ID_OPUS => opus::pre_skip(track),
        _ => 0,
    }
}

/// Samples per channel of an Opus packet, as its first bytes tell.
pub(crate) use opus::length as opus_length;

/// The error that names a track's codec.
pub(crate) fn unsupported(track: &Track) -> MediaError {
    let name = track
        .codec_name
        .clone()
        .or_else(|| codec::name_of(track.params.codec).map(str::to_owned))
        .unwrap_or_else(|| "an unknown codec".to_owned());
    MediaError::UnsupportedCodec { name }
}
