//! Opus by `opus-pure`: mono, stereo, and surround by mapping family 1.

use tonearm_media_core::{
    ChannelPosition, Decoder, FileError, Packet, Pcm, Result, SampleLayout, Track, Undecodable,
    opus_length,
};

use opus_pure::{ChannelLayout, MAX_PACKET_SAMPLES, OpusDecoder, OpusMSDecoder};

/// The one rate to decode at: Opus knows no other (RFC 7845, 5.1).
const RATE: u32 = 48_000;

enum Kind {
    Plain(Box<OpusDecoder>),
    Surround(Box<OpusMSDecoder>),
}

struct Opus {
    kind: Kind,
    channels: usize,
    gain: f32,
}

/// The identification header (RFC 7845, 5.1).
struct Head<'a> {
    channels: u8,
    pre_skip: u16,
    /// Volume, in 256ths of a decibel.
    gain: i16,
    family: u8,
    /// Streams, coupled streams, and where each channel comes from.
    mapping: &'a [u8],
}

impl<'a> Head<'a> {
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

/// Samples to throw away at the start by the codec's own header.
pub(super) fn pre_skip(track: &Track) -> u64 {
    let bytes = track.params.config.as_slice();
    Head::parse(bytes).map_or(0, |head| u64::from(head.pre_skip))
}

pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let bytes = track.params.config.as_slice();
    let channels = track.params.channel_count().unwrap_or(2);
    let head = Head::parse(bytes).unwrap_or(Head {
        channels: if channels == 1 { 1 } else { 2 },
        pre_skip: 0,
        gain: 0,
        family: 0,
        mapping: &[],
    });
    let channels = usize::from(head.channels);
    let damaged = |_| FileError::Damaged {
        detail: "the configuration of Opus",
    };
    let kind = match (head.family, head.mapping, channels) {
        (0, _, 1 | 2) => {
            let decoder = OpusDecoder::new(RATE.cast_signed(), channels).map_err(damaged)?;
            Kind::Plain(Box::new(decoder))
        }
        (1, mapping, 1..=8) if is_standard(channels, mapping) => {
            let decoder = OpusMSDecoder::new(RATE.cast_signed(), channels, 1).map_err(damaged)?;
            Kind::Surround(Box::new(decoder))
        }
        _ => {
            return Err(FileError::UnsupportedCodec {
                name: format!("Opus with {channels} channels of mapping {}", head.family),
            });
        }
    };
    Ok(Box::new(Opus {
        kind,
        channels,
        gain: 10f32.powf(f32::from(head.gain) / 256.0 / 20.0),
    }))
}

/// Whether a mapping is the one that RFC 7845 recommends, which is what the
/// decoder assumes.
fn is_standard(channels: usize, mapping: &[u8]) -> bool {
    ChannelLayout::surround(channels, 1).is_ok_and(|layout| {
        let streams = [layout.nb_streams, layout.nb_coupled_streams];
        let expected = streams.iter().map(|&count| count as u8);
        mapping.len() >= channels + 2
            && expected
                .chain(layout.mapping.iter().copied())
                .eq(mapping[..channels + 2].iter().copied())
    })
}

impl Decoder for Opus {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.clear(SampleLayout::Interleaved);
        pcm.rate = RATE;
        pcm.positions.clear();
        pcm.positions.extend_from_slice(places(self.channels));
        // No data means "lost" to an Opus decoder, which then makes up sound.
        let room = opus_length(&packet.data).ok_or(Undecodable)? as usize;
        let room = room.min(MAX_PACKET_SAMPLES);
        pcm.samples.resize(room * self.channels, 0.0);
        let outcome = match &mut self.kind {
            Kind::Plain(one) => one.decode(&packet.data, room, &mut pcm.samples),
            Kind::Surround(all) => all.decode(&packet.data, room, &mut pcm.samples),
        };
        let frames = outcome.map_err(|_| Undecodable)?;
        pcm.samples.truncate(frames * self.channels);
        if self.gain != 1.0 {
            pcm.samples
                .iter_mut()
                .for_each(|sample| *sample *= self.gain);
        }
        Ok(())
    }
}

/// The order of Vorbis (RFC 7845, 5.1.1.2).
pub(super) fn places(channels: usize) -> &'static [ChannelPosition] {
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
        _ => &[
            FrontLeft,
            FrontCentre,
            FrontRight,
            Left,
            Right,
            Left,
            Right,
            LowFrequency,
        ],
    }
}
