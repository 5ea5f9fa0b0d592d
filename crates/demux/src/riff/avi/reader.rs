//! Reads the chunks of one stream.

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::ElementarySource;
use tonearm_media_core::{FileError, Input, Packet, Result};

use super::clock::Clock;
use super::index::Index;
use crate::mp3_delay;
use crate::resync::{MAX_CANDIDATES, MAX_TRAILER, MAX_WINDOW, MIN_WINDOW, Search};
use crate::riff::chunks::{Chunk, chunk};

/// Maximum number of chunks per call.
const STEP: usize = 64;
/// Bytes of a chunk without a successor that are searched for the chunks that it overlaps.
const MAX_OVERLAP: usize = 256 << 10;
const TRUNCATED: FileError = FileError::Damaged {
    detail: "an AVI file that was cut off",
};

/// Where the chunks of the stream are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) number: u8,
    /// Number of streams of any kind.
    pub(super) stream_count: u8,
    /// Offset of the type of the list of chunks, and the stated offset of what follows it.
    pub(super) movi: u64,
    pub(super) movi_end: u64,
    /// Maximum number of bytes per call; `None` where each chunk is one packet.
    pub(super) unit: Option<u64>,
    /// The file is shorter than its first header states, and not because bytes are missing
    /// in the middle.
    pub(super) is_truncated: bool,
}

/// The kind of a chunk, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Data of the stream.
    Own,
    /// Data of another stream.
    Foreign,
    /// A list, whose children are read.
    List,
    /// Another id that AVI files have.
    Known,
    /// An id of printable characters.
    Printable,
    Invalid,
}

impl Layout {
    fn kind(&self, id: [u8; 4]) -> Kind {
        let [tens, ones, a, b] = id;
        let is_stream = tens.is_ascii_digit()
            && ones.is_ascii_digit()
            && a.is_ascii_lowercase()
            && b.is_ascii_lowercase();
        match &id {
            b"RIFF" | b"LIST" => Kind::List,
            b"idx1" | b"JUNK" | [b'i', b'x', b'0'..=b'9', b'0'..=b'9'] => Kind::Known,
            _ if is_stream => match (tens - b'0') * 10 + ones - b'0' {
                number if number == self.number && [a, b] == *b"wb" => Kind::Own,
                number if number < self.stream_count && number != self.number => Kind::Foreign,
                _ => Kind::Printable,
            },
            _ if id.iter().all(|byte| (b' '..=b'~').contains(byte)) => Kind::Printable,
            _ => Kind::Invalid,
        }
    }

    /// The id of the stream's chunks.
    fn id(&self) -> [u8; 4] {
        [b'0' + self.number / 10, b'0' + self.number % 10, b'w', b'b']
    }
}

/// The chunks of one stream.
pub(super) struct Chunks {
    input: Input,
    layout: Layout,
    clock: Clock,
    /// Read after the first damage.
    index: Option<Index>,
    at: u64,
    /// Unread bytes of the current chunk, and the offset of the next one.
    left: u64,
    next: u64,
    /// What the chunks so far count.
    count: u64,
    lost: Option<Lost>,
    /// Offset of the damage since which chunks may be missing.
    damage: Option<u64>,
    is_truncated: bool,
}

/// The search for the next chunk after damage.
struct Lost {
    start: u64,
    window: usize,
    /// A chunk ended after the file.
    is_cut: bool,
}

/// A position packs an offset and, above it, the number of ticks before it.
const OFFSET_BITS: u32 = 34;
const MAX_OFFSET: u64 = (1 << OFFSET_BITS) - 1;
const MAX_TICKS: u64 = (1 << (u64::BITS - OFFSET_BITS)) - 1;

impl Chunks {
    pub(super) fn new(input: Input, layout: Layout, clock: Clock) -> Self {
        Self {
            input,
            layout,
            clock,
            index: None,
            at: layout.movi + 4,
            left: 0,
            next: 0,
            count: 0,
            lost: None,
            damage: None,
            is_truncated: layout.is_truncated,
        }
    }

    fn end(&self) -> u64 {
        self.input.len()
    }

    /// Reads the next bytes of the current chunk.
    fn read_chunk(&mut self, framer: &mut Framer) -> Result<()> {
        let size = self.left.min(self.layout.unit.unwrap_or(u64::MAX));
        let mut bytes = Vec::new();
        let rest = self.end().saturating_sub(self.at);
        self.input.set_pos(self.at);
        self.input.fill_vec(&mut bytes, size.min(rest))?;
        if size <= rest || self.layout.unit.is_some() {
            framer.push(&bytes);
        }
        self.at += size;
        self.left -= size;
        if self.left == 0 {
            self.at = self.next;
        }
        match size > rest {
            true => Err(TRUNCATED),
            false => Ok(()),
        }
    }

    /// Begins the chunk of the stream at `start`.
    fn begin(&mut self, start: u64, found: &Chunk, framer: &mut Framer) -> Result<()> {
        if let Some(damage) = self.damage.take() {
            self.recount(start, found.len(), damage)?;
        }
        if found.len() > 0
            && let Some(time) = self.clock.time(self.count)
        {
            framer.set_time(time);
        }
        self.count = self.count.saturating_add(self.clock.count(found.len()));
        (self.at, self.left, self.next) = (found.body, found.len(), found.next());
        if self.left == 0 {
            self.at = self.next;
        }
        Ok(())
    }

    /// Counts what is missing before the chunk at `start`, since `damage`.
    fn recount(&mut self, start: u64, length: u64, damage: u64) -> Result<()> {
        let Layout { movi, movi_end, .. } = self.layout;
        if self.index.is_none() {
            let id = self.layout.id();
            self.index = Some(Index::read(&mut self.input, id, movi, movi_end)?);
        }
        let is_number = self.clock.counts_chunks();
        let least = if is_number { self.count } else { 0 };
        let index = self.index.as_ref();
        self.count = match index.and_then(|index| index.locate(start, length, least)) {
            Some((number, _)) if is_number => number,
            Some((_, bytes)) => bytes.max(self.count),
            None => {
                let missing = start.saturating_sub(damage);
                let missing = self.clock.estimate(missing, movi_end.saturating_sub(movi));
                self.count.saturating_add(missing)
            }
        };
        Ok(())
    }

    fn lose(&mut self, at: u64, is_cut: bool) {
        self.damage.get_or_insert(self.at);
        self.at = at;
        self.lost = Some(Lost {
            start: at,
            window: MIN_WINDOW,
            is_cut,
        });
    }

    /// Whether a chunk that AVI files have begins at `at`, or the file ends there.
    fn begins(&mut self, at: u64) -> Result<bool> {
        if at >= self.end() {
            // The padding of the last chunk may be missing.
            return Ok(at <= self.end() + 1);
        }
        let found = chunk(&mut self.input, at)?;
        let kind = found.map(|found| self.layout.kind(found.id));
        Ok(kind.is_some_and(|kind| !matches!(kind, Kind::Printable | Kind::Invalid)))
    }

    /// Searches `window` bytes from `at` for a chunk that another one follows.
    fn search(&mut self, at: u64, window: usize) -> Result<Search> {
        let size = window + 3;
        let bytes = self.input.peek(at, size)?;
        let mut candidates = 0;
        for (offset, id) in bytes.windows(4).enumerate() {
            let id = id.first_chunk().copied().unwrap_or_default();
            let kind = self.layout.kind(id);
            if matches!(kind, Kind::Printable | Kind::Invalid) {
                continue;
            }
            let here = at + offset as u64;
            let Some(found) = chunk(&mut self.input, here)? else {
                continue;
            };
            let next = match kind {
                Kind::List => found.body + 4,
                _ => found.next(),
            };
            if self.begins(next)? {
                return Ok(Search::Found(here));
            }
            candidates += 1;
            if candidates == MAX_CANDIDATES {
                return Ok(Search::NotBefore(here + 1));
            }
        }
        Ok(Search::NotBefore(match bytes.len() < size {
            true => self.end(),
            false => at + window as u64,
        }))
    }

    /// Continues the search for the next chunk.
    fn resync(&mut self, framer: &mut Framer) -> Result<()> {
        let Some(lost) = &mut self.lost else {
            return Ok(());
        };
        let window = lost.window;
        lost.window = (window * 2).min(MAX_WINDOW);
        let (start, is_cut) = (lost.start, lost.is_cut);
        match self.search(self.at, window)? {
            Search::Found(at) => {
                self.at = at;
                self.lost = None;
                framer.discontinuity();
            }
            Search::NotBefore(at) => {
                self.at = at;
                if at >= self.end() {
                    self.is_truncated |= is_cut || at.saturating_sub(start) > MAX_TRAILER;
                    self.lost = None;
                }
            }
        }
        Ok(())
    }

    /// Whether other chunks begin within this one, so that its length is damaged or bytes
    /// of it are missing. Reading then continues with the first of them.
    fn skips_overlapped(&mut self, found: &Chunk, framer: &mut Framer) -> Result<bool> {
        let length = usize::try_from(found.len()).unwrap_or(usize::MAX);
        let window = length.min(MAX_OVERLAP);
        let Search::Found(inner) = self.search(found.body, window)? else {
            return Ok(false);
        };
        self.damage.get_or_insert(self.at);
        self.at = inner;
        framer.discontinuity();
        Ok(true)
    }

    /// Reads one chunk; whether the caller must return.
    fn step(&mut self, framer: &mut Framer) -> Result<bool> {
        let start = self.at;
        let Some(found) = chunk(&mut self.input, start)? else {
            return Ok(false);
        };
        let kind = self.layout.kind(found.id);
        if kind == Kind::List {
            self.at = found.body + 4;
            return Ok(false);
        }
        let is_cut = found.end > self.end();
        let is_confirmed = !is_cut && self.begins(found.next())?;
        match kind {
            Kind::Own => {
                let is_too_long = self.layout.unit.is_none() && found.len() > Packet::MAX_BYTES;
                if !is_confirmed && self.skips_overlapped(&found, framer)? {
                    return Ok(false);
                }
                match is_too_long {
                    true => self.lose(start + 4, is_cut),
                    false => self.begin(start, &found, framer)?,
                }
            }
            Kind::Foreign | Kind::Known if is_confirmed => self.at = found.next(),
            // After the data, other programs may have added anything.
            Kind::Known | Kind::Printable if start >= self.layout.movi_end && !is_cut => {
                self.at = found.next();
            }
            // Perhaps one of the stream's chunks, with a damaged id.
            Kind::Printable if is_confirmed => {
                self.damage.get_or_insert(start);
                self.at = found.next();
            }
            _ => self.lose(start + 1, is_cut),
        }
        Ok(self.lost.is_some())
    }
}

impl ElementarySource for Chunks {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.lost.is_some() {
            self.resync(framer)?;
            return Ok(true);
        }
        for _ in 0..STEP {
            if self.left > 0 {
                self.read_chunk(framer)?;
                return Ok(true);
            }
            if self.end().saturating_sub(self.at) < 8 {
                return match self.is_truncated {
                    true => Err(TRUNCATED),
                    false => Ok(false),
                };
            }
            if self.step(framer)? {
                return Ok(true);
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.layout.movi + 4);
    }

    fn encoder_delay(&self, first: &[u8]) -> u64 {
        mp3_delay::of_first_frame(first)
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        let is_settled =
            framer.left() == 0 && self.left == 0 && self.lost.is_none() && self.damage.is_none();
        let ticks = self.clock.ticks(self.count)?;
        let is_small = self.at <= MAX_OFFSET && ticks <= MAX_TICKS;
        (is_settled && is_small).then_some(ticks << OFFSET_BITS | self.at)
    }

    fn seek(&mut self, position: u64) {
        self.at = position & MAX_OFFSET;
        self.count = self.clock.count_of_ticks(position >> OFFSET_BITS);
        (self.left, self.lost, self.damage) = (0, None, None);
        self.is_truncated = self.layout.is_truncated;
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end())
    }
}
