//! The sequence of data packets, all of the same size.

use tonearm_media_core::{FileError, Input, Result};

use super::header::Header;
use super::objects::Objects;
use super::packet::{self, Payload};

/// Offsets that one step after damage examines.
const SCAN: usize = 4096;

/// Reads the data packets of a file.
pub(super) struct Packets {
    input: Input,
    size: usize,
    start: u64,
    /// The stated end, which may be behind the end of the file.
    end: u64,
    at: u64,
    /// The first byte of packets, to find them after damage, if the first one is valid.
    marker: Option<u8>,
    /// Where the search for the next packet continues after damage.
    lost: Option<u64>,
    /// Whether bytes are missing or were added before the current packet, so that the stated
    /// end is not where the packets end.
    is_shifted: bool,
    bytes: Vec<u8>,
}

const TRUNCATED: FileError = FileError::Damaged {
    detail: "an ASF file that was cut off",
};

impl Packets {
    pub(super) fn new(input: Input, header: &Header) -> Result<Self> {
        let mut packets = Self {
            size: usize::try_from(header.packet_bytes).unwrap_or(usize::MAX),
            start: header.start,
            end: header.end.unwrap_or(input.len()),
            at: header.start,
            marker: None,
            lost: None,
            is_shifted: false,
            bytes: Vec::new(),
            input,
        };
        let first = packets.input.peek(header.start, packets.size)?;
        let is_valid = packet::payloads(&first, packets.size).is_some();
        packets.marker = first.first().copied().filter(|_| is_valid);
        Ok(packets)
    }

    /// Adds the payloads of the next packet to `objects`, or does a bounded part of the
    /// search for it. Returns false at the end.
    ///
    /// # Errors
    /// `Damaged` at the end of a truncated file.
    pub(super) fn read(&mut self, objects: &mut Objects) -> Result<bool> {
        let is_more = self.read_payloads(|payloads| objects.add(payloads));
        if self.lost.is_some() {
            objects.interrupt();
        }
        if matches!(is_more, Ok(false) | Err(FileError::Damaged { .. })) {
            objects.finish();
        }
        is_more
    }

    /// Like [`read`](Self::read).
    pub(super) fn read_payloads(&mut self, add: impl FnOnce(&[Payload<'_>])) -> Result<bool> {
        self.input.count_item()?;
        if let Some(from) = self.lost {
            return self.search(from);
        }
        let size = self.size as u64;
        let left = self.end.min(self.input.len()).saturating_sub(self.at);
        if left == 0 {
            return self.finish();
        }
        self.input.set_pos(self.at);
        self.input.fill_vec(&mut self.bytes, left.min(size))?;
        match packet::payloads(&self.bytes, self.size) {
            Some(payloads) => add(&payloads),
            None if left < size => {}
            None => {
                // The packet before may have lost bytes, so that this one begins earlier.
                let before = self.at.saturating_sub(size - 1);
                self.lost = Some(before.max(self.start));
                return Ok(true);
            }
        }
        self.at += left.min(size);
        Ok(true)
    }

    fn finish(&self) -> Result<bool> {
        match self.end > self.input.len() && !self.is_shifted {
            true => Err(TRUNCATED),
            false => Ok(false),
        }
    }

    /// Searches for two packets in succession.
    fn search(&mut self, from: u64) -> Result<bool> {
        let window = self.input.peek(from, SCAN + 2 * self.size)?;
        let is_packet = |at: usize| {
            let packet = window.get(at..(at + self.size).min(window.len()));
            packet.is_some_and(|bytes| {
                self.marker
                    .is_none_or(|marker| bytes.first() == Some(&marker))
                    && packet::payloads(bytes, self.size).is_some()
            })
        };
        let found = (0..window.len().min(SCAN)).find(|&at| {
            let next = at + self.size;
            is_packet(at) && (next >= window.len() || is_packet(next))
        });
        let at = match found {
            Some(at) => {
                let at = from + at as u64;
                self.is_shifted |= !at.abs_diff(self.at).is_multiple_of(self.size as u64);
                (self.at, self.lost) = (at, None);
                return Ok(true);
            }
            None => from + SCAN as u64,
        };
        if at >= self.end.min(self.input.len()) {
            (self.at, self.lost) = (self.end, None);
            return self.finish();
        }
        self.lost = Some(at);
        Ok(true)
    }

    /// Where the next packet begins; `None` during a search.
    pub(super) fn position(&self) -> Option<u64> {
        self.lost.is_none().then_some(self.at)
    }

    pub(super) fn seek(&mut self, position: u64) {
        (self.at, self.lost) = (position, None);
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The current position and the end, in bytes.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.lost.unwrap_or(self.at), self.end.min(self.input.len()))
    }
}
