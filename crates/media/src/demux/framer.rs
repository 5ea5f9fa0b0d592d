//! Cuts bytes into packets, where the container does not: by the headers of the
//! codec's own frames, or into blocks of a fixed size.

use ::symphonia::core::codecs::audio::AudioCodecId;
use ::symphonia::core::codecs::audio::well_known::*;

use super::{Packet, latm};
use crate::dolby;
use crate::frames;

/// How a stream is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// MPEG audio, layer 1 to 3.
    Mpeg,
    /// AAC with an ADTS header before each frame.
    Adts,
    /// AAC in LATM within LOAS.
    Latm,
    /// AC-3 and E-AC-3.
    Dolby,
    /// Opus in a transport stream, with a control header before each packet.
    Opus,
    /// Blocks of so many bytes that hold so many samples per channel.
    Blocks { bytes: usize, samples: u64 },
    /// Each piece is a packet of so many samples, 0 if unknown.
    Pieces { samples: u64 },
}

/// What the frame at hand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Bytes with everything around it.
    pub(super) length: usize,
    /// Bytes before its data.
    pub(super) skip: usize,
    /// Samples per channel, 0 if unknown.
    pub(super) samples: u64,
    pub(super) trim_start: u64,
    pub(super) trim_end: u64,
    /// What the frame says of the codec, where it says it.
    pub(super) format: Option<Format>,
}

/// A codec and its configuration, as frames tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) codec: AudioCodecId,
    pub(super) sample_rate: u32,
    /// AAC's AudioSpecificConfig.
    pub(super) config: Vec<u8>,
}

/// Bytes of a block-wise packet at most, about.
const BLOCKS: usize = 8 << 10;
/// The longest header.
const HEADER: usize = 16;

/// Bytes on their way to become packets.
pub(super) struct Framer {
    kind: Kind,
    buf: Vec<u8>,
    at: usize,
    /// Format of the last frame, while frames follow one another.
    step: Option<Format>,
    latm: latm::Config,
}

impl Framer {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            buf: Vec::new(),
            at: 0,
            step: None,
            latm: latm::Config::default(),
        }
    }

    /// Appends bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buf.drain(..self.at);
        self.at = 0;
        self.buf.extend_from_slice(bytes);
    }

    /// Bytes are missing here: what was begun is dropped, and the next frame
    /// must prove itself.
    pub(super) fn cut(&mut self) {
        if !matches!(self.kind, Kind::Blocks { .. }) {
            self.buf.clear();
            self.at = 0;
            self.step = None;
        }
    }

    /// The next whole frame, which [`Framer::take`] then takes; none until there
    /// are more bytes. `is_end` tells that there will not be any.
    pub(super) fn find(&mut self, is_end: bool) -> Option<Head> {
        let left = self.buf.len() - self.at;
        match self.kind {
            Kind::Pieces { samples } => {
                return (left > 0).then(|| Head::plain(left, samples));
            }
            Kind::Blocks { bytes, samples } => {
                let bytes = bytes.max(1);
                let count = left.min(BLOCKS.max(bytes)) / bytes;
                return (count > 0).then(|| Head::plain(count * bytes, samples * count as u64));
            }
            _ => {}
        }
        loop {
            let rest = self.buf.get(self.at..).filter(|rest| !rest.is_empty())?;
            // A header may be cut in two by the end of a piece.
            if rest.len() < HEADER && !is_end {
                return None;
            }
            if let Some(mut head) = self.parse(rest) {
                if self.kind == Kind::Dolby {
                    head.length += dependents(rest, head.length);
                }
                let follower = rest.get(head.length..);
                let needs_more = head.length > rest.len()
                    || follower.is_some_and(|bytes| bytes.len() < HEADER)
                        && (self.step != head.format || self.kind == Kind::Dolby);
                if needs_more && !is_end {
                    return None;
                }
                if self.kind == Kind::Latm {
                    // The frames that follow need not repeat it.
                    self.latm.learn(head.format.as_ref());
                }
                let is_whole = head.length <= rest.len();
                let is_sure = self.step.is_some() && self.step == head.format
                    || match follower {
                        Some([]) => is_end,
                        Some(bytes) => self
                            .parse(bytes)
                            .is_some_and(|next| next.format == head.format),
                        None => false,
                    };
                if is_whole && is_sure {
                    self.step.clone_from(&head.format);
                    return Some(head);
                }
                if !is_whole && is_sure {
                    return None;
                }
            }
            self.step = None;
            self.at += 1;
        }
    }

    /// Fills `packet` with the frame that was found.
    pub(super) fn take(&mut self, head: &Head, packet: &mut Packet) {
        let end = (self.at + head.length).min(self.buf.len());
        let frame = self.buf.get(self.at + head.skip..end).unwrap_or_default();
        packet.data.clear();
        if self.kind == Kind::Latm {
            // What makes no sense stays empty, and so is concealed.
            let _ = latm::payload(frame, &mut packet.data);
        } else {
            packet.data.extend_from_slice(frame);
        }
        packet.ticks = head.samples;
        (packet.trim_start, packet.trim_end) = (head.trim_start, head.trim_end);
        packet.is_exact = false;
        self.at = end;
    }

    fn parse(&self, bytes: &[u8]) -> Option<Head> {
        match self.kind {
            Kind::Mpeg => mpeg(bytes),
            Kind::Adts => adts(bytes),
            Kind::Dolby => dolby(bytes),
            Kind::Opus => opus(bytes),
            Kind::Latm => latm::head(bytes, &self.latm),
            Kind::Blocks { .. } | Kind::Pieces { .. } => None,
        }
    }
}

impl Head {
    pub(super) fn plain(length: usize, samples: u64) -> Self {
        Self {
            length,
            skip: 0,
            samples,
            trim_start: 0,
            trim_end: 0,
            format: None,
        }
    }
}

/// E-AC-3: bytes of the frames that add channels to the one before them.
fn dependents(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(next) = bytes.get(at..).and_then(dolby::parse) {
        if !next.is_dependent {
            break;
        }
        at += next.length;
    }
    at - start
}

fn mpeg(bytes: &[u8]) -> Option<Head> {
    let frame = frames::parse(bytes).filter(|frame| !frame.is_adts)?;
    let (codec, samples) = match (frame.layer, frame.sample_rate) {
        (1, _) => (CODEC_ID_MP1, 384),
        (2, _) => (CODEC_ID_MP2, 1152),
        (_, 32_000..) => (CODEC_ID_MP3, 1152),
        _ => (CODEC_ID_MP3, 576),
    };
    Some(Head {
        format: Some(Format {
            codec,
            sample_rate: frame.sample_rate,
            config: Vec::new(),
        }),
        ..Head::plain(frame.length, samples)
    })
}

fn adts(bytes: &[u8]) -> Option<Head> {
    let frame = frames::parse(bytes).filter(|frame| frame.is_adts)?;
    Some(Head {
        skip: frame.header_length,
        format: Some(Format {
            codec: CODEC_ID_AAC,
            sample_rate: frame.sample_rate,
            config: frame.audio_specific_config().to_vec(),
        }),
        ..Head::plain(frame.length, 1024)
    })
}

fn dolby(bytes: &[u8]) -> Option<Head> {
    let frame = dolby::parse(bytes)?;
    Some(Head {
        format: Some(Format {
            codec: match frame.is_enhanced {
                true => CODEC_ID_EAC3,
                false => CODEC_ID_AC3,
            },
            sample_rate: frame.sample_rate,
            config: Vec::new(),
        }),
        ..Head::plain(frame.length, u64::from(frame.samples))
    })
}

/// The control header of ETSI TS 103 491, as FFmpeg writes it: a prefix of 11
/// bits, three flags, the size in bytes of 255, and the trims.
fn opus(bytes: &[u8]) -> Option<Head> {
    let &[0x7f, flags @ 0xe0..=0xff] = bytes.first_chunk()? else {
        return None;
    };
    let mut at = 2;
    let mut size = 0;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        size += usize::from(byte);
        if byte < 255 {
            break;
        }
    }
    let mut trim = |is_there: bool| -> Option<u64> {
        if !is_there {
            return Some(0);
        }
        let &[high, low] = bytes.get(at..)?.first_chunk()?;
        at += 2;
        Some(u64::from(u16::from_be_bytes([high & 0x1f, low])))
    };
    let (trim_start, trim_end) = (trim(flags & 0x10 != 0)?, trim(flags & 8 != 0)?);
    if flags & 4 != 0 {
        at += 1 + usize::from(*bytes.get(at)?);
    }
    Some(Head {
        skip: at,
        trim_start,
        trim_end,
        format: Some(Format {
            codec: CODEC_ID_OPUS,
            sample_rate: 48_000,
            config: Vec::new(),
        }),
        ..Head::plain(at + size, 0)
    })
}
