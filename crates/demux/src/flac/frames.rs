//! Frames of a stream that does not delimit them (RFC 9639, section 9).

use std::collections::VecDeque;
use std::ops::Range;

use tonearm_media_core::frame_header::flac::{self, Format, Header};
use tonearm_media_core::{Input, Packet, Result};

/// Bytes per read.
const READ: usize = 64 << 10;
/// Longest frame.
const MAX_FRAME: usize = Packet::MAX_BYTES as usize;
/// Most headers that are kept while no frame is confirmed.
const MAX_CANDIDATES: usize = 32;
/// Most frames lost in one piece, so that the numbers of the frames around it still agree.
const MAX_LOST: u64 = 100_000;
/// The signature and the header of STREAMINFO, without the mark of the last block.
const MARKER: [u8; 8] = *b"fLaC\0\0\0\x22";

/// The result of [`Frames::next`].
pub(super) enum FrameStep {
    /// A frame was found; [`Frames::bytes`] has it.
    Frame(Header),
    /// Other data was read; call again.
    Busy,
    /// Another stream begins at this offset of the file.
    Stream(u64),
    /// The last frame, whose checksum is wrong: it is damaged, cut off, or followed by
    /// other data.
    Unconfirmed(Header),
    /// The file ends.
    End,
}

/// What a byte begins.
enum Inspection {
    Step(FrameStep),
    /// A frame that began earlier is the current one now; inspection continues after its
    /// header.
    Moved,
    Nothing,
}

/// Finds frames by their headers. A header is confirmed by the checksum of the frame before
/// it, or by the number that follows that of the frame before it.
pub(super) struct Frames {
    input: Input,
    defaults: Option<Format>,
    /// A part of the file, and the offset of its first byte.
    bytes: Vec<u8>,
    offset: u64,
    /// Index of the next byte to inspect.
    at: usize,
    /// The current frame: index, header, checksum up to `at`.
    current: Option<(usize, Header, u16)>,
    /// Unconfirmed headers.
    candidates: VecDeque<(usize, Header)>,
    /// The last frame returned.
    frame: Range<usize>,
    /// Whether a frame begins at the start, without confirmation.
    is_expected: bool,
    /// Whether bytes before the current frame belong to no frame.
    is_after_damage: bool,
}

impl Frames {
    /// Reads frames from an offset of the file.
    pub(super) fn new(input: Input, offset: u64, defaults: Option<Format>) -> Self {
        Self {
            input,
            defaults,
            bytes: Vec::new(),
            offset,
            at: 0,
            current: None,
            candidates: VecDeque::new(),
            frame: 0..0,
            is_expected: true,
            is_after_damage: false,
        }
    }

    /// The last frame.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.frame.clone()).unwrap_or_default()
    }

    /// Offset of the last frame.
    pub(super) fn offset(&self) -> u64 {
        self.offset + self.frame.start as u64
    }

    /// Offset of the next frame, if it is known.
    pub(super) fn next_offset(&self) -> Option<u64> {
        let (start, _, _) = self.current?;
        Some(self.offset + start as u64)
    }

    /// Offset of the next byte that is inspected.
    pub(super) fn pos(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// Whether bytes were skipped before the current frame. Resets it.
    pub(super) fn take_damage(&mut self) -> bool {
        std::mem::take(&mut self.is_after_damage)
    }

    /// Finds the next frame, or reads on.
    ///
    /// # Errors
    /// `OverLimit`, `Read`.
    pub(super) fn next(&mut self) -> Result<FrameStep> {
        let limit = self.bytes.len().saturating_sub(flac::MAX_LENGTH);
        if self.is_at_end() {
            if let Some(step) = self.scan(self.bytes.len()) {
                return Ok(step);
            }
            return Ok(self.end());
        }
        if let Some(step) = self.scan(limit) {
            return Ok(step);
        }
        self.read()?;
        Ok(FrameStep::Busy)
    }

    fn is_at_end(&self) -> bool {
        self.offset + self.bytes.len() as u64 >= self.input.len()
    }

    /// Reads more, and drops what is no longer needed.
    fn read(&mut self) -> Result<()> {
        self.input.count_item()?;
        if let Some((start, _, _)) = self.current
            && self.at - start > MAX_FRAME
        {
            (self.current, self.is_after_damage) = (None, true);
        }
        let first = self.candidates.front().map_or(self.at, |first| first.0);
        let mut from = self.current.map_or(first, |(start, _, _)| start);
        if self.at - from > MAX_FRAME {
            self.candidates.clear();
            from = self.at;
        }
        self.bytes.drain(..from);
        self.offset += from as u64;
        self.at -= from;
        self.frame = 0..0;
        for (index, _) in &mut self.candidates {
            *index -= from;
        }
        if let Some((start, _, _)) = &mut self.current {
            *start -= from;
        }
        let end = self.offset + self.bytes.len() as u64;
        let more = self.input.peek(end, READ)?;
        self.bytes.extend_from_slice(&more);
        Ok(())
    }

    /// Inspects bytes up to an index.
    fn scan(&mut self, limit: usize) -> Option<FrameStep> {
        if std::mem::take(&mut self.is_expected) {
            match flac::parse(&self.bytes, self.defaults) {
                Some(header) => self.begin(0, header),
                None if limit == 0 => self.is_expected = true,
                None => {}
            }
        }
        while self.at < limit {
            let rest = &self.bytes[self.at..limit];
            // The first byte of a header, or of the marker.
            let skip = rest.iter().position(|&byte| byte == 0xff || byte == b'f');
            let skip = skip.unwrap_or(rest.len());
            if let Some((_, _, crc)) = &mut self.current {
                *crc = flac::crc16(*crc, &rest[..skip]);
            }
            self.at += skip;
            if self.at >= limit {
                break;
            }
            match self.inspect() {
                Inspection::Step(step) => return Some(step),
                Inspection::Moved => continue,
                Inspection::Nothing => {}
            }
            if let Some((_, _, crc)) = &mut self.current {
                *crc = flac::crc16(*crc, &self.bytes[self.at..=self.at]);
            }
            self.at += 1;
        }
        None
    }

    /// Inspects the byte at `at`, where a frame or a stream may begin.
    fn inspect(&mut self) -> Inspection {
        let rest = &self.bytes[self.at..];
        if let Some(&[f, l, a, c, kind, tail @ ..]) = rest.first_chunk::<8>()
            && [f, l, a, c] == MARKER[..4]
            && kind & 0x7f == MARKER[4]
            && tail == MARKER[5..]
        {
            return Inspection::Step(self.end_stream());
        }
        let Some(found) = flac::parse(rest, self.defaults) else {
            return Inspection::Nothing;
        };
        let at = self.at;
        let Some((start, current, crc)) = self.current else {
            return self.add_candidate(found);
        };
        if crc != 0 && !may_follow(&current, &found) {
            return Inspection::Nothing;
        }
        self.frame = start..at;
        self.begin(at, found);
        Inspection::Step(FrameStep::Frame(current))
    }

    /// Returns the frame before the marker of another stream, and then the marker.
    fn end_stream(&mut self) -> FrameStep {
        if let Some((start, current, _)) = self.current.take() {
            self.frame = start..self.at;
            return FrameStep::Frame(current);
        }
        let at = self.offset + self.at as u64;
        self.at += 1;
        FrameStep::Stream(at)
    }

    /// Makes the header at an index the current one.
    fn begin(&mut self, start: usize, header: Header) {
        self.candidates.clear();
        self.at = start + header.length;
        let crc = flac::crc16(0, &self.bytes[start..self.at]);
        self.current = Some((start, header, crc));
    }

    /// Adds a header while no frame is known. Two headers that follow one another confirm
    /// the first.
    fn add_candidate(&mut self, found: Header) -> Inspection {
        self.is_after_damage = true;
        let follows = |(_, earlier): &&(usize, Header)| is_next(earlier, &found);
        if let Some(&(start, header)) = self.candidates.iter().rev().find(follows) {
            self.begin(start, header);
            return Inspection::Moved;
        }
        if self.candidates.len() == MAX_CANDIDATES {
            self.candidates.pop_front();
        }
        self.candidates.push_back((self.at, found));
        Inspection::Nothing
    }

    /// Returns the last frame, and then the end.
    fn end(&mut self) -> FrameStep {
        let current = self
            .current
            .take()
            .map(|(start, header, _)| (start, header));
        if let Some((start, header)) = current
            && let Some(length) = self.whole_length(start, &header)
        {
            self.frame = start..start + length;
            return FrameStep::Frame(header);
        }
        // The last frame is confirmed by its own checksum, and is then read like any other.
        let candidates = std::mem::take(&mut self.candidates);
        for (start, header) in candidates {
            if self.whole_length(start, &header).is_some() {
                self.begin(start, header);
                return FrameStep::Busy;
            }
        }
        match current {
            Some((start, header)) => {
                self.frame = start..self.bytes.len();
                FrameStep::Unconfirmed(header)
            }
            None => FrameStep::End,
        }
    }

    /// The length of the frame at `start`, if the file ends with it.
    fn whole_length(&self, start: usize, header: &Header) -> Option<usize> {
        let bytes = self.bytes.get(start..)?;
        let bytes = &bytes[..bytes.len() - tag_length(bytes)];
        whole_length(bytes).filter(|&length| length > header.length)
    }
}

/// Whether two headers have the same format and numbering.
fn is_same_stream(first: &Header, second: &Header) -> bool {
    first.format == second.format && first.is_variable == second.is_variable
}

/// The number of the frame after this one.
fn next_number(header: &Header) -> u64 {
    let step = match header.is_variable {
        true => u64::from(header.samples),
        false => 1,
    };
    header.number + step
}

/// Whether a frame directly follows another.
fn is_next(first: &Header, second: &Header) -> bool {
    is_same_stream(first, second) && second.number == next_number(first)
}

/// Whether a frame follows another, perhaps after lost ones.
fn may_follow(first: &Header, second: &Header) -> bool {
    let lost = match first.is_variable {
        true => MAX_LOST * u64::from(first.samples),
        false => MAX_LOST,
    };
    let next = next_number(first);
    is_same_stream(first, second) && (next..next + lost).contains(&second.number)
}

/// The length of the frame at the start of the last bytes of a file, which may end within the
/// header of another frame.
fn whole_length(bytes: &[u8]) -> Option<usize> {
    let (most, rest) = bytes.split_at(bytes.len().saturating_sub(flac::MAX_LENGTH));
    let mut crc = flac::crc16(0, most);
    let mut length = (crc == 0).then_some(most.len());
    for (index, &byte) in rest.iter().enumerate() {
        crc = flac::crc16(crc, &[byte]);
        if crc == 0 {
            length = Some(most.len() + index + 1);
        }
    }
    length
}

/// Bytes of an ID3v1 tag at the end.
fn tag_length(bytes: &[u8]) -> usize {
    let tag = bytes.len().checked_sub(128).and_then(|at| bytes.get(at..));
    match tag.is_some_and(|tag| tag.starts_with(b"TAG")) {
        true => 128,
        false => 0,
    }
}
