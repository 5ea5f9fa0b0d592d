//! Opus. Adapts `opus-pure`: mono, stereo, surround (mapping family 1), ambisonics (family 2)
//! and channels of unknown positions (family 255). The plugin decodes 5.1 faster, so it does
//! where it can.

mod ambisonics;
mod multistream;
mod without_lfe;

use std::sync::Arc;

use tonearm_media_core::{
    ChannelPosition, Codec, Decoder, DecoderPlugin, FileError, Packet, Pcm, Result, SampleLayout,
    Track, Undecodable, opus_length,
};

use opus_pure::{MAX_PACKET_SAMPLES, OpusDecoder};

use self::ambisonics::Ambisonics;
use self::multistream::Multistream;
use self::without_lfe::WithoutLfe;

/// Opus always plays at this rate in Hz (RFC 7845, 5.1).
const RATE: u32 = 48_000;

enum Inner {
    Stereo(Box<OpusDecoder>),
    Several(Multistream),
}

struct Opus {
    inner: Inner,
    channels: usize,
    /// Whether the positions of channels are unknown.
    is_unmapped: bool,
    gain: f32,
    ambisonics: Option<Ambisonics>,
}

/// The identification header (RFC 7845, 5.1).
struct IdHeader<'a> {
    channels: u8,
    pre_skip: u16,
    /// In 256ths of a decibel.
    gain: i16,
    family: u8,
    /// Number of streams, number of coupled streams, and the source of each channel.
    mapping: &'a [u8],
}

impl<'a> IdHeader<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"OpusHead")?;
        let (&[_, channels, p0, p1, _, _, _, _, g0, g1, family], mapping) =
            rest.split_first_chunk()?;
        Some(Self {
            channels,
            pre_skip: u16::from_le_bytes([p0, p1]),
            gain: i16::from_le_bytes([g0, g1]),
            family,
            mapping,
        })
    }
}

/// Samples to discard at the start, according to the codec's own header.
pub(super) fn pre_skip(track: &Track) -> u64 {
    let bytes = track.params.config.as_slice();
    IdHeader::parse(bytes).map_or(0, |header| u64::from(header.pre_skip))
}

/// Opens a decoder.
pub(super) fn open(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    let Some((track, streams)) = without_lfe::track(track) else {
        return open_built_in(track);
    };
    let inner = match plugin.codecs().contains(&Codec::Opus) {
        true => plugin.open(&track)?,
        false => open_built_in(&track)?,
    };
    Ok(Box::new(WithoutLfe::new(inner, streams)))
}

fn open_built_in(track: &Track) -> Result<Box<dyn Decoder>> {
    let bytes = track.params.config.as_slice();
    let channels = track.params.channel_count().unwrap_or(2);
    let header = IdHeader::parse(bytes).unwrap_or(IdHeader {
        channels: if channels == 1 { 1 } else { 2 },
        pre_skip: 0,
        gain: 0,
        family: 0,
        mapping: &[],
    });
    let channels = usize::from(header.channels);
    let inner = match (header.family, header.mapping, channels) {
        (0, _, 1 | 2) => {
            let decoder = OpusDecoder::new(RATE.cast_signed(), channels).map_err(damaged)?;
            Inner::Stereo(Box::new(decoder))
        }
        (1, table, 1..=8) | (2 | 255, table, 1..) => {
            let inner = Multistream::new(RATE.cast_signed(), channels, table);
            Inner::Several(inner.ok_or_else(|| damaged(()))?)
        }
        _ => {
            return Err(FileError::UnsupportedCodec {
                name: format!("Opus with {channels} channels of mapping {}", header.family),
            });
        }
    };
    Ok(Box::new(Opus {
        inner,
        channels,
        is_unmapped: header.family == 255,
        ambisonics: (header.family == 2).then(|| Ambisonics::new(channels)),
        gain: 10f32.powf(f32::from(header.gain) / 256.0 / 20.0),
    }))
}

fn damaged<T>(_: T) -> FileError {
    FileError::Damaged {
        detail: "the configuration of Opus",
    }
}

impl Decoder for Opus {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.clear(SampleLayout::Interleaved);
        pcm.rate = RATE;
        pcm.positions.clear();
        pcm.positions.extend_from_slice(match self.is_unmapped {
            true => unmapped_positions(self.channels),
            false => positions(self.channels),
        });
        pcm.positions.resize(self.channels, ChannelPosition::Other);
        // An Opus decoder takes an empty packet for a lost one and synthesizes audio.
        let capacity = opus_length(&packet.data).ok_or(Undecodable)? as usize;
        let capacity = capacity.min(MAX_PACKET_SAMPLES);
        pcm.samples.resize(capacity * self.channels, 0.0);
        let frames = match &mut self.inner {
            Inner::Stereo(decoder) => decoder
                .decode(&packet.data, capacity, &mut pcm.samples)
                .map_err(|_| Undecodable)?,
            Inner::Several(decoder) => decoder.decode(&packet.data, capacity, &mut pcm.samples)?,
        };
        pcm.samples.truncate(frames * self.channels);
        if self.gain != 1.0 {
            pcm.samples
                .iter_mut()
                .for_each(|sample| *sample *= self.gain);
        }
        if let Some(ambisonics) = &self.ambisonics {
            ambisonics.to_stereo(pcm);
        }
        Ok(())
    }
}

/// Channel positions of mapping family 255, which states none. ffmpeg takes 16 channels for
/// its layout "hexadecagonal", and its downmix leaves out the wide and upper channels, as
/// that of the low frequency channel does here.
fn unmapped_positions(channels: usize) -> &'static [ChannelPosition] {
    use ChannelPosition::{
        BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency as LeftOut, Right,
    };
    match channels {
        1 | 2 => positions(channels),
        16 => &[
            FrontLeft,
            FrontRight,
            FrontCentre,
            Left,
            Right,
            BackCentre,
            Left,
            Right,
            LeftOut,
            LeftOut,
            LeftOut,
            LeftOut,
            LeftOut,
            LeftOut,
            LeftOut,
            LeftOut,
        ],
        _ => &[],
    }
}

/// Channel positions in the order of Vorbis (RFC 7845, 5.1.1.2), which defines none for more
/// than 8 channels.
pub(super) fn positions(channels: usize) -> &'static [ChannelPosition] {
    use ChannelPosition::{
        BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Right,
    };
    match channels {
        1 => &[FrontCentre],
        2 => &[FrontLeft, FrontRight],
        3 => &[FrontLeft, FrontCentre, FrontRight],
        4 => &[FrontLeft, FrontRight, Left, Right],
        5 => &[FrontLeft, FrontCentre, FrontRight, Left, Right],
        6 => &[
            FrontLeft,
            FrontCentre,
            FrontRight,
            Left,
            Right,
            LowFrequency,
        ],
        7 => &[
            FrontLeft,
            FrontCentre,
            FrontRight,
            Left,
            Right,
            BackCentre,
            LowFrequency,
        ],
        8 => &[
            FrontLeft,
            FrontCentre,
            FrontRight,
            Left,
            Right,
            Left,
            Right,
            LowFrequency,
        ],
        _ => &[],
    }
}
