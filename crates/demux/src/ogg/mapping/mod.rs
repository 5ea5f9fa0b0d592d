//! How codecs are stored in Ogg.

mod flac;
mod opus;
mod speex;
mod theora;
mod vorbis;

use tonearm_media_core::{Codec, Result, Track};

pub(super) use self::theora::Theora;

/// The codec of an audio stream, by its first packet.
pub(super) trait Mapping: Send {
    /// The codec.
    fn codec(&self) -> Codec;

    /// Number of channels, if the first packet states it.
    fn channels(&self) -> Option<u16>;

    /// Takes a packet, in order, from the second; false if it is audio, so that the headers
    /// have ended.
    fn take_header(&mut self, packet: &[u8]) -> bool;

    /// The track, after the headers.
    ///
    /// # Errors
    /// `Damaged` where headers are missing or invalid.
    fn track(&self) -> Result<Track>;

    /// Samples per channel of the next packet, in the track's ticks; `None` where the
    /// packet is not audio. Called in order.
    fn ticks(&mut self, packet: &[u8]) -> Option<u64>;

    /// How positions relate to samples.
    fn granules(&self) -> Granules {
        Granules::default()
    }

    /// Whether the last packet has a property that the length of the next one depends on;
    /// `None` before the first.
    fn state(&self) -> Option<bool> {
        Some(false)
    }

    /// Continues after a packet of this [`state`](Self::state).
    fn set_state(&mut self, _state: Option<bool>) {}
}

/// How the positions of pages relate to samples.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Granules {
    /// Whether samples before position zero are not played.
    pub(super) trims_start: bool,
    /// Whether samples after the position of the last page are not played.
    pub(super) trims_end: bool,
    /// Ticks at the start that are not played.
    pub(super) pre_skip: u64,
}

/// A logical stream, by its first packet.
pub(super) enum Identified {
    Audio(Box<dyn Mapping>),
    /// Audio of a codec that is not decoded.
    Named(&'static str),
    Video(Theora),
    Other,
}

/// Identifies a logical stream by its first packet.
pub(super) fn identify(packet: &[u8]) -> Identified {
    let mapping = vorbis::open(packet)
        .or_else(|| opus::open(packet))
        .or_else(|| flac::open(packet))
        .or_else(|| speex::open(packet));
    if let Some(mapping) = mapping {
        return Identified::Audio(mapping);
    }
    match packet {
        _ if packet.starts_with(b"CELT    ") => Identified::Named("CELT"),
        _ if packet.starts_with(b"PCM     ") => Identified::Named("PCM in Ogg"),
        _ if packet.starts_with(b"OggMIDI\0") => Identified::Named("MIDI"),
        _ if packet.starts_with(b"\x01audio") => Identified::Named("audio of OGM"),
        _ => Theora::open(packet).map_or(Identified::Other, Identified::Video),
    }
}
