//! Vorbis (Vorbis I specification, appendix A).

use tonearm_media_core::{Channels, Codec, CodecParams, FileError, Result, Tags, Track};

use super::{Granules, Mapping};
use crate::vorbis::PacketLengths;
use crate::vorbis_comment;

struct Vorbis {
    ident: Vec<u8>,
    setup: Vec<u8>,
    lengths: Option<PacketLengths>,
    tags: Tags,
}

pub(super) fn open(first: &[u8]) -> Option<Box<dyn Mapping>> {
    (first.starts_with(b"\x01vorbis") && first.len() >= 30).then(|| {
        Box::new(Vorbis {
            ident: first[..30].to_vec(),
            setup: Vec::new(),
            lengths: None,
            tags: Tags::default(),
        }) as Box<dyn Mapping>
    })
}

impl Mapping for Vorbis {
    fn codec(&self) -> Codec {
        Codec::Vorbis
    }

    fn channels(&self) -> Option<u16> {
        self.ident.get(11).copied().map(u16::from)
    }

    fn take_header(&mut self, packet: &[u8]) -> bool {
        match packet {
            [3, body @ ..] if body.starts_with(b"vorbis") => {
                self.tags = vorbis_comment::parse(&body[6..]);
            }
            [5, body @ ..] if body.starts_with(b"vorbis") && self.setup.is_empty() => {
                self.lengths = PacketLengths::new(&self.ident, packet);
                self.setup = packet.to_vec();
            }
            [first, ..] => return first & 1 != 0,
            [] => {}
        }
        true
    }

    fn track(&self) -> Result<Track> {
        let damaged = FileError::Damaged {
            detail: "the configuration of Vorbis",
        };
        let (Some(&[channels, r0, r1, r2, r3]), Some(_)) = (
            self.ident.get(11..16).and_then(<[u8]>::first_chunk),
            &self.lengths,
        ) else {
            return Err(damaged);
        };
        let rate = u32::from_le_bytes([r0, r1, r2, r3]);
        if rate == 0 || channels == 0 {
            return Err(damaged);
        }
        Ok(Track {
            params: CodecParams {
                channels: Channels::usual(channels.into()),
                config: [self.ident.as_slice(), &self.setup].concat(),
                ..CodecParams::new(Codec::Vorbis, rate)
            },
            tick_rate: rate,
            has_exact_ticks: true,
            tags: self.tags.clone(),
            ..Track::default()
        })
    }

    fn ticks(&mut self, packet: &[u8]) -> Option<u64> {
        let lengths = self.lengths.as_mut()?;
        // The first packet has no samples of its own.
        let is_first = lengths.last().is_none();
        let ticks = lengths.next(packet);
        match is_first && lengths.last().is_some() {
            true => Some(0),
            false => ticks,
        }
    }

    fn granules(&self) -> Granules {
        Granules {
            trims_start: true,
            trims_end: true,
            pre_skip: 0,
        }
    }

    fn state(&self) -> Option<bool> {
        self.lengths.as_ref().and_then(PacketLengths::last)
    }

    fn set_state(&mut self, state: Option<bool>) {
        if let Some(lengths) = &mut self.lengths {
            lengths.set_last(state);
        }
    }
}
