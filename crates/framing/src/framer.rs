//! Splits an elementary stream into packets, by the headers of the codec's frames or into
//! blocks of a fixed size.

use std::collections::VecDeque;

use tonearm_media_core::Packet;
use tonearm_media_core::frame_header::{ac3, dts, mlp};

use crate::frame::{self, Format, FrameInfo};
use crate::latm;
use crate::lpcm;

/// How a stream is split into packets.
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
    /// DTS: core frames with their extension substreams, and DTS Express.
    Dts,
    /// Dolby TrueHD and MLP. The AC-3 frames between them on Blu-ray discs are skipped.
    Mlp,
    /// Opus in a transport stream, with a control header before each packet.
    Opus,
    /// Blocks of a fixed size.
    Blocks {
        /// Bytes per block.
        bytes: usize,
        /// Samples per channel and block.
        samples: u64,
    },
    /// Each push is one packet.
    Whole {
        /// Samples per channel and packet, 0 if unknown.
        samples: u64,
    },
    /// PCM whose PES packets each begin with a header.
    Lpcm(lpcm::Disc),
}

/// Target size in bytes of a packet of several blocks.
const MAX_BLOCKS_BYTES: usize = 8 << 10;
/// Bytes of the longest header, except of DTS and TrueHD, and of the shortest.
const MAX_HEADER: usize = 16;
const MIN_HEADER: usize = 4;

/// Buffers the bytes of a stream and yields its frames.
pub struct Framer {
    kind: Framing,
    buf: Vec<u8>,
    pos: usize,
    /// Format of the last frame while synchronized.
    sync: Option<Format>,
    latm: latm::Config,
    mlp: Option<mlp::MajorSync>,
    lpcm: Option<lpcm::Unpacker>,
    taken: u64,
    /// Times of the container: the offset in `buf` of the first byte that each is about,
    /// in ascending order, and nanoseconds.
    times: VecDeque<(usize, i64)>,
    /// Whether bytes were lost or skipped since the last taken frame.
    is_after_loss: bool,
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
            pos: 0,
            sync: None,
            latm: latm::Config::default(),
            mlp: None,
            lpcm,
            taken: 0,
            times: VecDeque::new(),
            is_after_loss: false,
        }
    }

    /// How the stream is split.
    pub fn kind(&self) -> &Framing {
        &self.kind
    }

    /// Whether any byte sequence is accepted as audio (PCM has no sync word), so that
    /// foreign bytes would be audible.
    pub fn accepts_any_bytes(&self) -> bool {
        self.lpcm.is_some()
    }

    /// Buffered bytes that no taken frame contains.
    pub fn left(&self) -> usize {
        self.buf.len() - self.pos + self.lpcm.as_ref().map_or(0, lpcm::Unpacker::buffered)
    }

    /// The name of the format that the stream turned out to have, if it is unsupported.
    pub fn unsupported(&self) -> Option<&'static str> {
        self.lpcm.as_ref().and_then(lpcm::Unpacker::unsupported)
    }

    /// Whether no frame was taken and no byte is buffered.
    pub fn is_new(&self) -> bool {
        self.taken == 0 && self.left() == 0
    }

    /// Whether the stream is synchronized: a frame of the last format is accepted without
    /// a second one after it. Framings without headers always are.
    pub fn is_synced(&self) -> bool {
        self.sync.is_some() || matches!(self.kind, Framing::Blocks { .. } | Framing::Whole { .. })
    }

    /// Whether the buffer continues with an access unit of TrueHD that has a major sync.
    pub(crate) fn is_at_major_sync(&self) -> bool {
        let rest = self.buf.get(self.pos..).unwrap_or_default();
        mlp::major_sync(rest).is_some()
    }

    /// Whether the stream is synchronized and the buffer ends in the middle of a frame.
    pub fn is_within_frame(&self) -> bool {
        let rest = self.buf.get(self.pos..).unwrap_or_default();
        let sync = match self.kind {
            Framing::Ac3 => 0x0b,
            Framing::Latm => 0x56,
            Framing::Dts | Framing::Mlp => rest.first().copied().unwrap_or(0),
            _ => 0xff,
        };
        if self.sync.is_none() || rest.first() != Some(&sync) {
            return false;
        }
        match self.parse(rest) {
            Some(info) => info.format == self.sync && info.length > rest.len(),
            None => rest.len() < MIN_HEADER,
        }
    }

    /// Assumes that the stream is already synchronized to this format.
    pub fn assume_synced(&mut self, format: Option<Format>) {
        self.sync = format;
    }

    /// Whether bytes were lost or skipped before the frame that [`Framer::find`] returned.
    pub fn is_after_loss(&self) -> bool {
        self.is_after_loss
    }

    /// Frames taken so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Marks the start of a PES packet, whose bytes are pushed next.
    pub fn begin(&mut self) {
        if let Some(lpcm) = &mut self.lpcm {
            lpcm.begin();
        }
    }

    /// States the time of the bytes that are pushed next: nanoseconds from the beginning of
    /// the file, or what [`ElementarySource::time`](crate::stream::ElementarySource::time)
    /// converts to them. As in MPEG systems, it is that of the first frame that begins there
    /// or later; [`Packet::time`] of that frame has it.
    pub fn set_time(&mut self, time: i64) {
        let at = self.buf.len();
        if self.times.back().is_some_and(|&(last, _)| last == at) {
            self.times.pop_back();
        }
        self.times.push_back((at, time));
    }

    /// The time of the frame that begins at `pos`, if the container states one.
    fn take_time(&mut self) -> Option<i64> {
        let mut time = None;
        while let Some((_, stated)) = self.times.pop_front_if(|(at, _)| *at <= self.pos) {
            time = Some(stated);
        }
        time
    }

    /// Drops the bytes before `pos`.
    fn compact(&mut self) {
        self.buf.drain(..self.pos);
        for (at, _) in &mut self.times {
            *at = at.saturating_sub(self.pos);
        }
        // Of the times before the buffer, only the last one can apply.
        while self.times.get(1).is_some_and(|(at, _)| *at == 0) {
            self.times.pop_front();
        }
        self.pos = 0;
    }

    /// Appends bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.compact();
        let Some(lpcm) = &mut self.lpcm else {
            self.buf.extend_from_slice(bytes);
            return;
        };
        lpcm.push(bytes, &mut self.buf);
        if self.sync.as_ref() != lpcm.format() {
            self.sync = lpcm.format().cloned();
        }
    }

    /// Marks missing bytes: drops the incomplete frame and the synchronization.
    pub fn discontinuity(&mut self) {
        self.is_after_loss = true;
        if let Some(lpcm) = &mut self.lpcm {
            lpcm.discontinuity();
        } else if !matches!(self.kind, Framing::Blocks { .. }) {
            self.buf.clear();
            self.times.clear();
            self.pos = 0;
            (self.sync, self.mlp) = (None, None);
        }
    }

    /// Finds the next complete frame, for [`Framer::take`]. `None` where more bytes are
    /// needed; `is_end` means that none will follow.
    pub fn find(&mut self, is_end: bool) -> Option<FrameInfo> {
        let left = self.buf.len() - self.pos;
        // A packet of several blocks has one time, so it ends where the next one is stated.
        let next_time = self.times.iter().find(|(at, _)| *at > self.pos);
        let until_time = next_time.map_or(usize::MAX, |(at, _)| at - self.pos);
        match self.kind {
            Framing::Whole { samples } => {
                return (left > 0).then(|| FrameInfo::plain(left, samples));
            }
            Framing::Blocks { bytes, samples } => {
                return blocks(left, until_time, bytes, samples);
            }
            Framing::Lpcm(_) => {
                let info = blocks(left, until_time, self.lpcm.as_ref()?.frame_bytes(), 1)?;
                let format = self.sync.clone();
                return Some(FrameInfo { format, ..info });
            }
            _ => {}
        }
        loop {
            let rest = self.buf.get(self.pos..).filter(|rest| !rest.is_empty())?;
            // The header may be incomplete.
            let max_header = self.max_header();
            if rest.len() < max_header && !is_end {
                return None;
            }
            if self.kind == Framing::Mlp
                && let Some(core) = ac3::parse(rest)
            {
                if core.length > rest.len() {
                    return None;
                }
                self.pos += core.length;
                continue;
            }
            if let Some(mut info) = self.parse(rest) {
                let rest_of_unit = match self.kind {
                    Framing::Ac3 => Some(frame::dependents(rest, info.length)),
                    Framing::Dts => frame::dts_extensions(rest, info.length, is_end),
                    _ => Some(0),
                };
                info.length += rest_of_unit.unwrap_or(0);
                let follower = rest.get(info.length..);
                let needs_more = info.length > rest.len()
                    || rest_of_unit.is_none()
                    || follower.is_some_and(|bytes| bytes.len() < max_header)
                        && (self.sync != info.format || self.kind == Framing::Ac3);
                if needs_more && !is_end {
                    return None;
                }
                if self.kind == Framing::Latm {
                    // Later frames need not repeat the configuration.
                    self.latm.set(info.format.as_ref());
                }
                if self.kind == Framing::Mlp {
                    self.mlp = mlp::major_sync(rest).or(self.mlp);
                }
                let is_whole = info.length <= rest.len();
                let is_sure = self.sync.is_some() && self.sync == info.format
                    || match follower {
                        Some([]) => is_end,
                        Some(bytes) => self
                            .parse(bytes)
                            .is_some_and(|next| next.format == info.format),
                        None => false,
                    };
                if is_whole && is_sure {
                    self.sync.clone_from(&info.format);
                    return Some(info);
                }
                if !is_whole && is_sure {
                    return None;
                }
            }
            self.is_after_loss |= self.sync.is_some();
            (self.sync, self.mlp) = (None, None);
            self.pos += 1;
        }
    }

    /// Fills `packet` with the frame that [`Framer::find`] returned.
    pub fn take(&mut self, info: &FrameInfo, packet: &mut Packet) {
        let end = (self.pos + info.length).min(self.buf.len());
        let frame = self.buf.get(self.pos + info.skip..end).unwrap_or_default();
        packet.data.clear();
        if self.kind == Framing::Latm {
            // An invalid element leaves the packet empty, and the decoder's caller
            // conceals it.
            let _ = latm::payload(frame, &mut packet.data);
        } else {
            packet.data.extend_from_slice(frame);
        }
        packet.ticks = info.samples;
        (packet.trim_start, packet.trim_end) = (info.trim_start, info.trim_end);
        packet.is_exact = false;
        packet.time = self.take_time();
        self.pos = end;
        self.is_after_loss = false;
        self.taken += 1;
    }

    /// Bytes of the longest header.
    fn max_header(&self) -> usize {
        match self.kind {
            Framing::Dts => dts::HEADER_LENGTH,
            Framing::Mlp => mlp::HEADER_LENGTH,
            _ => MAX_HEADER,
        }
    }

    fn parse(&self, bytes: &[u8]) -> Option<FrameInfo> {
        match self.kind {
            Framing::Mpeg => frame::mpeg(bytes),
            Framing::Adts => frame::adts(bytes),
            Framing::Ac3 => frame::ac3(bytes),
            Framing::Dts => frame::dts(bytes),
            Framing::Mlp => frame::mlp(bytes, self.mlp.as_ref()),
            Framing::Opus => frame::opus(bytes),
            Framing::Latm => latm::frame_info(bytes, &self.latm),
            Framing::Blocks { .. } | Framing::Whole { .. } | Framing::Lpcm(_) => None,
        }
    }
}

/// The blocks of one packet, of `left` bytes; a packet ends at most a block after
/// `until_time`.
fn blocks(left: usize, until_time: usize, bytes: usize, samples: u64) -> Option<FrameInfo> {
    let bytes = bytes.max(1);
    let count = left.min(MAX_BLOCKS_BYTES.max(bytes)) / bytes;
    let count = count.min(until_time.div_ceil(bytes));
    (count > 0).then(|| FrameInfo::plain(count * bytes, samples * count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three MP3 frames filled with their numbers, and junk around them.
    fn stream() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xfb, 7, 7];
        for number in 1..=3 {
            bytes.extend_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
            bytes.resize(bytes.len() + 413, number);
        }
        bytes.extend_from_slice(b"TAG");
        bytes
    }

    fn packets(kind: Framing, chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut framer = Framer::new(kind);
        let mut packets = Vec::new();
        let mut packet = Packet::default();
        for (n, chunk) in chunks.iter().enumerate() {
            framer.push(chunk);
            while let Some(info) = framer.find(n + 1 == chunks.len()) {
                framer.take(&info, &mut packet);
                packets.push(packet.data.clone());
            }
        }
        packets
    }

    #[test]
    fn frames_do_not_depend_on_the_sizes_of_pushes() {
        let bytes = stream();
        let whole = packets(Framing::Mpeg, &[&bytes, &[]]);
        let numbers: Vec<u8> = whole.iter().map(|frame| frame[100]).collect();
        assert_eq!(numbers, [1, 2, 3]);
        for size in [1, 3, 100, 417, 1000] {
            let mut chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            chunks.push(&[]);
            assert_eq!(packets(Framing::Mpeg, &chunks), whole, "{size}");
        }
    }

    #[test]
    fn packets_consist_of_complete_blocks_or_of_one_push() {
        let blocks = Framing::Blocks {
            bytes: 6,
            samples: 1,
        };
        let sizes = |kind, chunks: &[&[u8]]| -> Vec<usize> {
            packets(kind, chunks).iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(blocks, &[&[0; 7], &[0; 4], &[0; 9]]), [6, 12]);
        let whole = Framing::Whole { samples: 0 };
        assert_eq!(sizes(whole, &[&[0; 7], &[], &[0; 4]]), [7, 4]);
    }

    #[test]
    fn a_time_is_that_of_the_first_frame_that_begins_after_it() {
        let times = |kind, chunks: &[(Option<i64>, &[u8])]| -> Vec<(usize, Option<i64>)> {
            let mut framer = Framer::new(kind);
            let mut packet = Packet::default();
            let mut found = Vec::new();
            for (n, (time, chunk)) in chunks.iter().enumerate() {
                time.iter().for_each(|&time| framer.set_time(time));
                framer.push(chunk);
                while let Some(info) = framer.find(n + 1 == chunks.len()) {
                    framer.take(&info, &mut packet);
                    found.push((packet.data.len(), packet.time));
                }
            }
            found
        };
        let bytes = stream();
        let (first, rest) = bytes.split_at(500);
        assert_eq!(
            times(
                Framing::Mpeg,
                &[(Some(1), first), (Some(2), rest), (None, &[])]
            ),
            [(417, Some(1)), (417, None), (417, Some(2))]
        );
        // Blocks of 4 bytes: the packet of the second time begins where that is stated.
        let blocks = Framing::Blocks {
            bytes: 4,
            samples: 1,
        };
        assert_eq!(
            times(blocks, &[(Some(1), &[0; 6]), (Some(2), &[0; 10])]),
            [(4, Some(1)), (4, None), (8, Some(2))]
        );
    }

    /// An Opus size of endless 255s would otherwise buffer the whole file.
    #[test]
    fn an_endless_header_is_not_buffered() {
        let mut endless = vec![0x7f, 0xe0];
        endless.resize(1 << 20, 0xff);
        let mut framer = Framer::new(Framing::Opus);
        for chunk in endless.chunks(184) {
            framer.push(chunk);
            assert_eq!(framer.find(false), None);
            assert!(framer.buf.len() - framer.pos < 1024);
        }
    }
}
