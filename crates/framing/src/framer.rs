//! Cuts bytes into packets, where the container does not: by the headers of the
//! codec's own frames, or into blocks of a fixed size.

use tonearm_media_core::Packet;

use crate::frame::{self, Format, FrameInfo};
use crate::latm;
use crate::lpcm;

/// How a stream is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// MPEG audio, layer 1 to 3.
    Mpeg,
    /// AAC with an ADTS header before each frame.
    Adts,
    /// AAC in LATM within LOAS.
    Latm,
    /// AC-3 and E-AC-3.
    Ac3,
    /// Opus in a transport stream, with a control header before each packet.
    Opus,
    /// Blocks of so many bytes that hold so many samples per channel.
    Blocks {
        /// Bytes of a block.
        bytes: usize,
        /// Samples per channel of a block.
        samples: u64,
    },
    /// Each piece is a packet of so many samples, 0 if unknown.
    Whole {
        /// Samples per channel, 0 if unknown.
        samples: u64,
    },
    /// PCM with a header before it in each PES packet.
    Lpcm(lpcm::Disc),
}

/// Bytes of a block-wise packet at most, about.
const BLOCKS: usize = 8 << 10;
/// The longest header, and the shortest.
const HEADER: usize = 16;
const SHORTEST: usize = 4;
/// Bytes on their way to become packets.
pub struct Framer {
    kind: Framing,
    buf: Vec<u8>,
    at: usize,
    /// Format of the last frame, while frames follow one another.
    step: Option<Format>,
    latm: latm::Config,
    lpcm: Option<lpcm::Unpacker>,
    taken: u64,
}

impl Framer {
    /// A framer that has read nothing.
    pub fn new(kind: Framing) -> Self {
        let lpcm = match kind {
            Framing::Lpcm(disc) => Some(lpcm::Unpacker::new(disc)),
            _ => None,
        };
        Self {
            kind,
            buf: Vec::new(),
            at: 0,
            step: None,
            latm: latm::Config::default(),
            lpcm,
            taken: 0,
        }
    }

    /// How it cuts.
    pub fn kind(&self) -> &Framing {
        &self.kind
    }

    /// Whether it takes all bytes for sound, so that those of something else would be
    /// heard.
    pub fn accepts_any_bytes(&self) -> bool {
        self.lpcm.is_some()
    }

    /// Bytes that are not yet part of a frame that was taken.
    pub fn left(&self) -> usize {
        self.buf.len() - self.at + self.lpcm.as_ref().map_or(0, lpcm::Unpacker::held)
    }

    /// The name of what the bytes turned out to be, where that is not read.
    pub fn unsupported(&self) -> Option<&'static str> {
        self.lpcm.as_ref().and_then(lpcm::Unpacker::unsupported)
    }

    /// Whether it found and holds nothing yet.
    pub fn is_new(&self) -> bool {
        self.taken == 0 && self.left() == 0
    }

    /// Whether the next frame follows upon one of its kind, if they have headers, and
    /// so is believed.
    pub fn is_synced(&self) -> bool {
        self.step.is_some() || matches!(self.kind, Framing::Blocks { .. } | Framing::Whole { .. })
    }

    /// Whether the bytes so far end in the middle of a frame that follows upon one of
    /// its kind.
    pub fn is_within_frame(&self) -> bool {
        let rest = self.buf.get(self.at..).unwrap_or_default();
        let sync = match self.kind {
            Framing::Ac3 => 0x0b,
            Framing::Latm => 0x56,
            _ => 0xff,
        };
        if self.step.is_none() || rest.first() != Some(&sync) {
            return false;
        }
        match self.parse(rest) {
            Some(head) => head.format == self.step && head.length > rest.len(),
            None => rest.len() < SHORTEST,
        }
    }

    /// Takes the next frame to follow upon one of this format.
    pub fn assume_synced(&mut self, format: Option<Format>) {
        self.step = format;
    }

    /// Frames taken so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// A PES packet begins, whose bytes come next.
    pub fn begin(&mut self) {
        if let Some(lpcm) = &mut self.lpcm {
            lpcm.begin();
        }
    }

    /// Appends bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buf.drain(..self.at);
        self.at = 0;
        let Some(lpcm) = &mut self.lpcm else {
            self.buf.extend_from_slice(bytes);
            return;
        };
        lpcm.push(bytes, &mut self.buf);
        if self.step.as_ref() != lpcm.format() {
            self.step = lpcm.format().cloned();
        }
    }

    /// Bytes are missing here: what was begun is dropped, and the next frame
    /// must prove itself.
    pub fn discontinuity(&mut self) {
        if let Some(lpcm) = &mut self.lpcm {
            lpcm.discontinuity();
        } else if !matches!(self.kind, Framing::Blocks { .. }) {
            self.buf.clear();
            self.at = 0;
            self.step = None;
        }
    }

    /// The next whole frame, which [`Framer::take`] then takes; none until there
    /// are more bytes. `is_end` tells that there will not be any.
    pub fn find(&mut self, is_end: bool) -> Option<FrameInfo> {
        let left = self.buf.len() - self.at;
        match self.kind {
            Framing::Whole { samples } => {
                return (left > 0).then(|| FrameInfo::plain(left, samples));
            }
            Framing::Blocks { bytes, samples } => return blocks(left, bytes, samples),
            Framing::Lpcm(_) => {
                let head = blocks(left, self.lpcm.as_ref()?.moment(), 1)?;
                let format = self.step.clone();
                return Some(FrameInfo { format, ..head });
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
                if self.kind == Framing::Ac3 {
                    head.length += frame::dependents(rest, head.length);
                }
                let follower = rest.get(head.length..);
                let needs_more = head.length > rest.len()
                    || follower.is_some_and(|bytes| bytes.len() < HEADER)
                        && (self.step != head.format || self.kind == Framing::Ac3);
                if needs_more && !is_end {
                    return None;
                }
                if self.kind == Framing::Latm {
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
    pub fn take(&mut self, head: &FrameInfo, packet: &mut Packet) {
        let end = (self.at + head.length).min(self.buf.len());
        let frame = self.buf.get(self.at + head.skip..end).unwrap_or_default();
        packet.data.clear();
        if self.kind == Framing::Latm {
            // What makes no sense stays empty, and so is concealed.
            let _ = latm::payload(frame, &mut packet.data);
        } else {
            packet.data.extend_from_slice(frame);
        }
        packet.ticks = head.samples;
        (packet.trim_start, packet.trim_end) = (head.trim_start, head.trim_end);
        packet.is_exact = false;
        self.at = end;
        self.taken += 1;
    }

    fn parse(&self, bytes: &[u8]) -> Option<FrameInfo> {
        match self.kind {
            Framing::Mpeg => frame::mpeg(bytes),
            Framing::Adts => frame::adts(bytes),
            Framing::Ac3 => frame::ac3(bytes),
            Framing::Opus => frame::opus(bytes),
            Framing::Latm => latm::head(bytes, &self.latm),
            Framing::Blocks { .. } | Framing::Whole { .. } | Framing::Lpcm(_) => None,
        }
    }
}

/// As many blocks as go into a packet.
fn blocks(left: usize, bytes: usize, samples: u64) -> Option<FrameInfo> {
    let bytes = bytes.max(1);
    let count = left.min(BLOCKS.max(bytes)) / bytes;
    (count > 0).then(|| FrameInfo::plain(count * bytes, samples * count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three frames of MP3 with their numbers in them, and junk around them.
    fn stream() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xfb, 7, 7];
        for number in 1..=3 {
            bytes.extend_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
            bytes.resize(bytes.len() + 413, number);
        }
        bytes.extend_from_slice(b"TAG");
        bytes
    }

    fn packets(kind: Framing, pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut framer = Framer::new(kind);
        let mut packets = Vec::new();
        let mut packet = Packet::default();
        for (n, piece) in pieces.iter().enumerate() {
            framer.push(piece);
            while let Some(head) = framer.find(n + 1 == pieces.len()) {
                framer.take(&head, &mut packet);
                packets.push(packet.data.clone());
            }
        }
        packets
    }

    #[test]
    fn frames_are_the_same_however_the_bytes_come() {
        let bytes = stream();
        let whole = packets(Framing::Mpeg, &[&bytes, &[]]);
        let numbers: Vec<u8> = whole.iter().map(|frame| frame[100]).collect();
        assert_eq!(numbers, [1, 2, 3]);
        for size in [1, 3, 100, 417, 1000] {
            let mut pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            pieces.push(&[]);
            assert_eq!(packets(Framing::Mpeg, &pieces), whole, "{size}");
        }
    }

    #[test]
    fn blocks_and_pieces_keep_their_sizes() {
        let blocks = Framing::Blocks {
            bytes: 6,
            samples: 1,
        };
        let sizes = |kind, pieces: &[&[u8]]| -> Vec<usize> {
            packets(kind, pieces).iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(blocks, &[&[0; 7], &[0; 4], &[0; 9]]), [6, 12]);
        let whole = Framing::Whole { samples: 0 };
        assert_eq!(sizes(whole, &[&[0; 7], &[], &[0; 4]]), [7, 4]);
    }

    /// Sizes that grow with what there is would hold a whole file back.
    #[test]
    fn headers_without_end_hold_nothing_back() {
        let mut endless = vec![0x7f, 0xe0];
        endless.resize(1 << 20, 0xff);
        let mut framer = Framer::new(Framing::Opus);
        for piece in endless.chunks(184) {
            framer.push(piece);
            assert_eq!(framer.find(false), None);
            assert!(framer.buf.len() - framer.at < 1024);
        }
    }
}
