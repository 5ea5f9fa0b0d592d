//! PCM of Blu-ray discs and DVDs: each PES packet begins with a header, and the
//! samples come out as big-endian PCM of 16 or 24 bits.

mod blocks;
mod header;

use self::blocks::Blocks;
pub(super) use self::header::Disc;
use self::header::Sound;
use super::heads::Format;

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
    pub(super) fn unread(&self) -> Option<&'static str> {
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
    pub(super) fn cut(&mut self) {
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
                None => return self.cut(),
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
                self.cut();
            }
            Ok(sound) if known == Some(&sound) => self.other = None,
            Ok(sound) if known.is_some() && self.other.as_ref() != Some(&sound) => {
                self.other = Some(sound);
                self.cut();
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
