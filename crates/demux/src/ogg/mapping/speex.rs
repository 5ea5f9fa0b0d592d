//! Speex (The Speex Codec Manual, 8).

use tonearm_media_core::{Channels, Codec, CodecParams, FileError, Result, Tags, Track};

use super::Mapping;
use crate::vorbis_comment;

/// Bytes of the header.
const HEADER: usize = 80;
/// Most samples per channel and packet that are plausible: a second at the highest rate.
const MAX_TICKS: u64 = 48_000;

struct Speex {
    header: Vec<u8>,
    /// Headers still to come: comments, and those that the first header announces.
    headers: u64,
    has_comments: bool,
    tags: Tags,
}

pub(super) fn open(first: &[u8]) -> Option<Box<dyn Mapping>> {
    if !first.starts_with(b"Speex   ") || first.len() < HEADER {
        return None;
    }
    let mut mapping = Speex {
        header: first.to_vec(),
        headers: 0,
        has_comments: false,
        tags: Tags::default(),
    };
    mapping.headers = 1 + u64::from(mapping.field(68));
    Some(Box::new(mapping))
}

impl Speex {
    fn field(&self, at: usize) -> u32 {
        let bytes = self.header.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |&bytes| u32::from_le_bytes(bytes))
    }

    /// Samples per channel of a packet: those of a frame times the number of frames.
    fn packet_ticks(&self) -> u64 {
        let frame = match self.field(56) {
            // By the mode: narrow, wide or ultra-wide band.
            0 => 160 << self.field(40).min(2),
            samples => samples,
        };
        let ticks = u64::from(frame) * u64::from(self.field(64).max(1));
        if ticks > MAX_TICKS { 0 } else { ticks }
    }
}

impl Mapping for Speex {
    fn codec(&self) -> Codec {
        Codec::Speex
    }

    fn channels(&self) -> Option<u16> {
        u16::try_from(self.field(48)).ok()
    }

    fn take_header(&mut self, packet: &[u8]) -> bool {
        if self.headers == 0 {
            return false;
        }
        self.headers -= 1;
        if !self.has_comments {
            self.has_comments = true;
            self.tags = vorbis_comment::parse(packet);
        }
        true
    }

    fn track(&self) -> Result<Track> {
        let rate = self.field(36);
        let channels = u16::try_from(self.field(48)).unwrap_or(0);
        if rate == 0 || !matches!(channels, 1 | 2) || self.packet_ticks() == 0 {
            return Err(FileError::Damaged {
                detail: "the configuration of Speex",
            });
        }
        Ok(Track {
            params: CodecParams {
                channels: Channels::usual(channels),
                bit_rate: Some(self.field(52)).filter(|rate| (1..=1 << 20).contains(rate)),
                config: self.header.clone(),
                ..CodecParams::new(Codec::Speex, rate)
            },
            tick_rate: rate,
            has_exact_ticks: true,
            tags: self.tags.clone(),
            ..Track::default()
        })
    }

    fn ticks(&mut self, packet: &[u8]) -> Option<u64> {
        // Some encoders end a stream with an empty packet.
        (!packet.is_empty()).then(|| self.packet_ticks())
    }
}
