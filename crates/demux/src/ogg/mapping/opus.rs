//! Opus (RFC 7845).

use tonearm_media_core::{
    Channels, Codec, CodecParams, FileError, Result, Tags, Track, opus_length,
};

use super::{Granules, Mapping};
use crate::vorbis_comment;

/// The rate of positions in Hz (RFC 7845, 4).
const RATE: u32 = 48_000;

struct Opus {
    head: Vec<u8>,
    tags: Tags,
}

pub(super) fn open(first: &[u8]) -> Option<Box<dyn Mapping>> {
    (first.starts_with(b"OpusHead") && first.len() >= 19).then(|| {
        Box::new(Opus {
            head: first.to_vec(),
            tags: Tags::default(),
        }) as Box<dyn Mapping>
    })
}

impl Opus {
    fn pre_skip(&self) -> u64 {
        u16::from_le_bytes([self.head[10], self.head[11]]).into()
    }
}

impl Mapping for Opus {
    fn codec(&self) -> Codec {
        Codec::Opus
    }

    fn channels(&self) -> Option<u16> {
        self.head.get(9).copied().map(u16::from)
    }

    fn take_header(&mut self, packet: &[u8]) -> bool {
        if let Some(comments) = packet.strip_prefix(b"OpusTags") {
            self.tags = vorbis_comment::parse(comments);
            return true;
        }
        packet.starts_with(b"OpusHead")
    }

    fn track(&self) -> Result<Track> {
        let channels = self.head[9];
        // The upper four bits of the version must be zero.
        if channels == 0 || self.head[8] > 15 {
            return Err(FileError::Damaged {
                detail: "the configuration of Opus",
            });
        }
        Ok(Track {
            params: CodecParams {
                channels: Channels::usual(channels.into()),
                config: self.head.clone(),
                ..CodecParams::new(Codec::Opus, RATE)
            },
            tick_rate: RATE,
            skip: self.pre_skip(),
            tags: self.tags.clone(),
            ..Track::default()
        })
    }

    fn ticks(&mut self, packet: &[u8]) -> Option<u64> {
        match packet.starts_with(b"OpusTags") {
            true => None,
            false => Some(opus_length(packet).unwrap_or(0)),
        }
    }

    fn granules(&self) -> Granules {
        Granules {
            trims_start: false,
            trims_end: true,
            pre_skip: self.pre_skip(),
        }
    }
}
