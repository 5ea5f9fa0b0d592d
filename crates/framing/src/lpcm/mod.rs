//! PCM of Blu-ray discs, DVDs and SMPTE 302M: each PES packet begins with a header. The samples are
//! unpacked to big-endian PCM of 16 or 24 bits.

mod blocks;
mod header;

use self::blocks::Blocks;
pub use self::header::Disc;
use self::header::Header;
use crate::frame::Format;

/// Unpacks the samples of PES packets.
pub(super) struct Unpacker {
    disc: Disc,
    current: Option<(Header, Blocks)>,
    /// The last header, if it differs from the current one. It is accepted when it
    /// repeats; a single one counts as damaged.
    candidate: Option<Header>,
    /// Name of an unsupported format.
    unsupported: Option<&'static str>,
    state: State,
    alignment: Alignment,
    pending_header: Vec<u8>,
    /// An incomplete block.
    buffer: Vec<u8>,
    /// Whether blocks continue in the next packet.
    spans_packets: bool,
}

/// What the next bytes contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Unusable data up to the next packet.
    Skip,
    Header,
    Samples,
}

/// Whether the start of a block is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alignment {
    /// No samples were read yet.
    Initial,
    /// Bytes were lost.
    Lost,
    Aligned,
}

impl Unpacker {
    pub(super) fn new(disc: Disc) -> Self {
        Self {
            disc,
            current: None,
            candidate: None,
            unsupported: None,
            state: State::Skip,
            alignment: Alignment::Initial,
            pending_header: Vec::new(),
            buffer: Vec::new(),
            spans_packets: false,
        }
    }

    /// The current format.
    pub(super) fn format(&self) -> Option<&Format> {
        self.current.as_ref().map(|(header, _)| &header.format)
    }

    /// The name of an unsupported format that a header stated.
    pub(super) fn unsupported(&self) -> Option<&'static str> {
        self.unsupported
    }

    /// Bytes of one unpacked sample of every channel.
    pub(super) fn frame_bytes(&self) -> usize {
        let current = self.current.as_ref();
        current.map_or(1, |(header, blocks)| header.order.len() * blocks.width())
    }

    /// Bytes of an incomplete block.
    pub(super) fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// Marks the start of a PES packet.
    pub(super) fn begin(&mut self) {
        self.state = State::Header;
        self.pending_header.clear();
        match self.disc {
            Disc::BluRay | Disc::Aes3 => self.buffer.clear(),
            Disc::Dvd => self.spans_packets |= !self.buffer.is_empty(),
        }
    }

    /// Marks missing bytes: the rest of the packet is unusable.
    pub(super) fn discontinuity(&mut self) {
        self.state = State::Skip;
        if self.alignment == Alignment::Aligned {
            self.alignment = Alignment::Lost;
        }
        self.buffer.clear();
    }

    /// Reads bytes of a packet and appends their samples to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut bytes = bytes;
        if self.state == State::Header {
            let missing = self.disc.header_length() - self.pending_header.len();
            let (start, after) = bytes.split_at(missing.min(bytes.len()));
            self.pending_header.extend_from_slice(start);
            if self.pending_header.len() < self.disc.header_length() {
                return;
            }
            bytes = after;
            self.state = State::Samples;
            self.parse_header();
        }
        let Some((_, blocks)) = self.current.as_ref() else {
            return;
        };
        if self.state != State::Samples || bytes.is_empty() {
            return;
        }
        if self.alignment != Alignment::Aligned {
            let start = match blocks.find_start(bytes, self.spans_packets) {
                Some(start) => start,
                None if self.alignment == Alignment::Initial => 0,
                // Silence has no start, and needs none.
                None if bytes.iter().all(|&byte| byte == 0) => {
                    let whole = bytes.chunks_exact(blocks.bytes);
                    whole.for_each(|block| blocks.unpack(block, out));
                    return;
                }
                None => return self.discontinuity(),
            };
            bytes = bytes.get(start..).unwrap_or_default();
            self.alignment = Alignment::Aligned;
        }
        self.buffer.extend_from_slice(bytes);
        let mut whole = self.buffer.chunks_exact(blocks.bytes);
        for block in &mut whole {
            blocks.unpack(block, out);
        }
        let left = whole.remainder().len();
        self.buffer.drain(..self.buffer.len() - left);
    }

    /// Parses the pending header and applies it.
    fn parse_header(&mut self) {
        let known = self.current.as_ref().map(|(header, _)| header);
        match self.disc.parse(&self.pending_header) {
            Err(name) => {
                self.unsupported = Some(name);
                self.discontinuity();
            }
            Ok(header) if known == Some(&header) => self.candidate = None,
            Ok(header) if known.is_some() && self.candidate.as_ref() != Some(&header) => {
                self.candidate = Some(header);
                self.discontinuity();
            }
            Ok(header) => {
                let blocks = Blocks::new(self.disc, &header);
                self.current = Some((header, blocks));
                self.candidate = None;
                (self.alignment, self.spans_packets) = (Alignment::Initial, false);
                self.buffer.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unpacks packets that all begin with this header.
    fn unpack(disc: Disc, header: &[u8], packets: &[&[u8]]) -> Vec<u8> {
        let mut unpacker = Unpacker::new(disc);
        let mut out = Vec::new();
        for packet in packets {
            unpacker.begin();
            unpacker.push(header, &mut out);
            unpacker.push(packet, &mut out);
        }
        out
    }

    /// FFmpeg orders the same channels as front, LFE, back, side.
    #[test]
    fn channels_of_blu_ray_are_ordered_by_position() {
        for (code, stored, order) in [
            (1, 2, &[1][..]),
            (3, 2, &[1, 2]),
            (4, 4, &[1, 2, 3]),
            (5, 4, &[1, 2, 3]),
            (6, 4, &[1, 2, 3, 4]),
            (7, 4, &[1, 2, 3, 4]),
            (8, 6, &[1, 2, 3, 4, 5]),
            (9, 6, &[1, 2, 3, 6, 4, 5]),
            (10, 8, &[1, 2, 3, 5, 6, 4, 7]),
            (11, 8, &[1, 2, 3, 8, 5, 6, 4, 7]),
        ] {
            let frame: Vec<u8> = (1..=stored).flat_map(|n| [n, 0]).collect();
            let expected: Vec<u8> = order.iter().flat_map(|&n| [n, 0]).collect();
            let header = [0, 0, code << 4 | 1, 0x40];
            let unpacked = unpack(Disc::BluRay, &header, &[&frame]);
            assert_eq!(unpacked, expected, "{code}");
        }
        for (layout, depth) in [(0x21, 0x40), (0xc1, 0x40), (0x32, 0x40), (0x31, 0)] {
            assert!(Disc::BluRay.parse(&[0, 0, layout, depth]).is_err());
        }
    }

    #[test]
    fn samples_of_dvds_may_span_packets() {
        let block = [1, 2, 3, 4, 5, 6, 7, 8, 0xab, 0xcd];
        let twenty = [1, 2, 0xa0, 3, 4, 0xb0, 5, 6, 0xc0, 7, 8, 0xd0];
        for at in 0..block.len() {
            let (start, end) = block.split_at(at);
            let unpacked = unpack(Disc::Dvd, &[0, 0x41, 0x80], &[start, end]);
            assert_eq!(unpacked, twenty, "{at}");
        }
        let block = [1, 2, 3, 4, 5, 6];
        let unpacked = unpack(Disc::Dvd, &[0, 0x80, 0x80], &[&block]);
        assert_eq!(unpacked, [1, 2, 5, 3, 4, 6]);
    }

    #[test]
    fn silence_after_a_loss_is_kept() {
        let mut unpacker = Unpacker::new(Disc::Dvd);
        let mut out = Vec::new();
        let header = [0, 0x81, 0x80];
        unpacker.begin();
        unpacker.push(&[&header[..], &[1; 31]].concat(), &mut out);
        unpacker.begin();
        unpacker.push(&[&header[..], &[1; 29]].concat(), &mut out);
        unpacker.discontinuity();
        out.clear();
        unpacker.begin();
        unpacker.push(&[&header[..], &[0; 60]].concat(), &mut out);
        assert_eq!(out, [0; 60]);
    }

    /// A header with another format is accepted when it repeats.
    #[test]
    fn a_damaged_header_loses_only_its_packet() {
        let mut unpacker = Unpacker::new(Disc::Dvd);
        let mut rates = Vec::new();
        for shape in [0x01, 0x11, 0x01, 0xc1, 0x01, 0x11, 0x11] {
            let mut out = Vec::new();
            unpacker.begin();
            unpacker.push(&[0, shape, 0x80, 1, 2, 3, 4], &mut out);
            let rate = unpacker.format().map(|format| format.sample_rate);
            rates.push(rate.filter(|_| !out.is_empty()));
        }
        let (low, high) = (Some(48_000), Some(96_000));
        assert_eq!(rates, [low, None, low, None, low, None, high]);
    }
}
