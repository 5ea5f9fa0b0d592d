//! PCM of Blu-ray discs and DVDs: each PES packet begins with a header, and the
//! samples come out as big-endian PCM of 16 or 24 bits.

mod blocks;
mod header;

use self::blocks::Blocks;
pub use self::header::Disc;
use self::header::Sound;
use crate::frame::Format;

/// Takes PES packets apart.
pub(super) struct Unpacker {
    disc: Disc,
    current: Option<(Sound, Blocks)>,
    /// What the last header told where that was something else: two in a row are
    /// believed, a single one is damaged.
    other: Option<Sound>,
    /// Why a header was not read.
    unread: Option<&'static str>,
    state: State,
    step: Step,
    header: Vec<u8>,
    /// The start of a block.
    rest: Vec<u8>,
    /// Blocks go over from one packet to the next.
    is_ragged: bool,
}

/// What the next bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Of no use, up to the next packet.
    Skip,
    Header,
    Samples,
}

/// Whether it is known where a block begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nothing came yet.
    Start,
    /// Bytes are missing.
    Lost,
    Kept,
}

impl Unpacker {
    pub(super) fn new(disc: Disc) -> Self {
        Self {
            disc,
            current: None,
            other: None,
            unread: None,
            state: State::Skip,
            step: Step::Start,
            header: Vec::new(),
            rest: Vec::new(),
            is_ragged: false,
        }
    }

    /// The format in force.
    pub(super) fn format(&self) -> Option<&Format> {
        self.current.as_ref().map(|(sound, _)| &sound.format)
    }

    /// What a header told that is not read.
    pub(super) fn unsupported(&self) -> Option<&'static str> {
        self.unread
    }

    /// Bytes of all channels of a moment, as they come out.
    pub(super) fn moment(&self) -> usize {
        let current = self.current.as_ref();
        current.map_or(1, |(sound, blocks)| sound.order.len() * blocks.width())
    }

    /// Bytes that it holds back.
    pub(super) fn held(&self) -> usize {
        self.rest.len()
    }

    /// A PES packet begins.
    pub(super) fn begin(&mut self) {
        self.state = State::Header;
        self.header.clear();
        match self.disc {
            Disc::BluRay => self.rest.clear(),
            Disc::Dvd => self.is_ragged |= !self.rest.is_empty(),
        }
    }

    /// Bytes are missing here: what follows is of no use up to the next packet.
    pub(super) fn discontinuity(&mut self) {
        self.state = State::Skip;
        if self.step == Step::Kept {
            self.step = Step::Lost;
        }
        self.rest.clear();
    }

    /// Takes bytes of a packet, and appends the samples in them to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut bytes = bytes;
        if self.state == State::Header {
            let missing = self.disc.header() - self.header.len();
            let (start, after) = bytes.split_at(missing.min(bytes.len()));
            self.header.extend_from_slice(start);
            if self.header.len() < self.disc.header() {
                return;
            }
            bytes = after;
            self.state = State::Samples;
            self.learn();
        }
        let Some((_, blocks)) = self.current.as_ref() else {
            return;
        };
        if self.state != State::Samples || bytes.is_empty() {
            return;
        }
        if self.step != Step::Kept {
            let place = match blocks.find(bytes, self.is_ragged) {
                Some(place) => place,
                None if self.step == Step::Start => 0,
                None => return self.discontinuity(),
            };
            bytes = bytes.get(place..).unwrap_or_default();
            self.step = Step::Kept;
        }
        self.rest.extend_from_slice(bytes);
        let mut whole = self.rest.chunks_exact(blocks.bytes);
        for block in &mut whole {
            blocks.unpack(block, out);
        }
        let left = whole.remainder().len();
        self.rest.drain(..self.rest.len() - left);
    }

    /// Takes in what the header tells.
    fn learn(&mut self) {
        let known = self.current.as_ref().map(|(sound, _)| sound);
        match self.disc.read(&self.header) {
            Err(name) => {
                self.unread = Some(name);
                self.discontinuity();
            }
            Ok(sound) if known == Some(&sound) => self.other = None,
            Ok(sound) if known.is_some() && self.other.as_ref() != Some(&sound) => {
                self.other = Some(sound);
                self.discontinuity();
            }
            Ok(sound) => {
                let blocks = Blocks::new(self.disc, &sound);
                self.current = Some((sound, blocks));
                self.other = None;
                (self.step, self.is_ragged) = (Step::Start, false);
                self.rest.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of packets with this header, and of samples 1, 2, 3 and so on.
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

    /// FFmpeg's order of the same channels: fronts, subwoofer, back, side.
    #[test]
    fn channels_of_blu_ray_come_out_in_the_order_of_their_places() {
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
            let moment: Vec<u8> = (1..=stored).flat_map(|n| [n, 0]).collect();
            let expected: Vec<u8> = order.iter().flat_map(|&n| [n, 0]).collect();
            let header = [0, 0, code << 4 | 1, 0x40];
            let found = unpack(Disc::BluRay, &header, &[&moment]);
            assert_eq!(found, expected, "{code}");
        }
        for (places, bits) in [(0x21, 0x40), (0xc1, 0x40), (0x32, 0x40), (0x31, 0)] {
            assert!(Disc::BluRay.read(&[0, 0, places, bits]).is_err());
        }
    }

    #[test]
    fn samples_of_dvds_are_put_together_across_packets() {
        let block = [1, 2, 3, 4, 5, 6, 7, 8, 0xab, 0xcd];
        let twenty = [1, 2, 0xa0, 3, 4, 0xb0, 5, 6, 0xc0, 7, 8, 0xd0];
        for at in 0..block.len() {
            let (start, end) = block.split_at(at);
            let found = unpack(Disc::Dvd, &[0, 0x41, 0x80], &[start, end]);
            assert_eq!(found, twenty, "{at}");
        }
        let block = [1, 2, 3, 4, 5, 6];
        let found = unpack(Disc::Dvd, &[0, 0x80, 0x80], &[&block]);
        assert_eq!(found, [1, 2, 5, 3, 4, 6]);
    }

    /// A header that says otherwise is believed when it comes again.
    #[test]
    fn a_damaged_header_costs_its_packet_alone() {
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
