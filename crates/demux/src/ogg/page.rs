//! Pages of Ogg (RFC 3533, section 6), with resynchronization after damage.

use tonearm_media_core::{Input, Result};

use super::crc;

/// Bytes of a header before its lacing values.
const HEADER: usize = 27;
/// The capture pattern.
const CAPTURE: [u8; 4] = *b"OggS";
/// Bytes per search for a page after damage.
const SEARCH: usize = 4000;

/// A page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// Offset in the file.
    pub(super) pos: u64,
    /// Whether it begins with the rest of a packet.
    pub(super) is_continued: bool,
    /// Whether it is the first page of its logical stream.
    pub(super) is_first: bool,
    /// Whether it is the last page of its logical stream.
    pub(super) is_last: bool,
    /// Position at the end of the last packet that ends on this page, in units of the
    /// codec; `None` where no packet ends, or where the multiplexer left it out.
    pub(super) granule: Option<i64>,
    /// The logical stream.
    pub(super) serial: u32,
    /// Number of the page within its logical stream.
    pub(super) sequence: u32,
    /// Whether damage precedes the page.
    pub(super) is_after_damage: bool,
    /// Lengths of the segments of packets.
    pub(super) lacing: Vec<u8>,
    /// The data.
    pub(super) body: Vec<u8>,
}

/// The result of [`PageReader::next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageStep {
    /// A page was read.
    Page,
    /// Other data was skipped.
    Skipped,
    /// The file ends.
    End,
    /// The file ends within a page.
    Truncated,
}

/// Reads pages in the order of the file.
#[derive(Clone)]
pub(super) struct PageReader {
    input: Input,
    /// Offset of the next header.
    at: u64,
    /// Whether a page ended at `at`.
    is_synced: bool,
    /// Whether bytes were skipped since the last page.
    is_after_damage: bool,
    /// Whether the last header found claims more bytes than the file has.
    is_cut: bool,
}

impl PageReader {
    pub(super) fn new(input: Input, start: u64) -> Self {
        Self {
            input,
            at: start,
            is_synced: true,
            is_after_damage: false,
            is_cut: false,
        }
    }

    /// Offset of the next page.
    pub(super) fn pos(&self) -> u64 {
        self.at
    }

    pub(super) fn len(&self) -> u64 {
        self.input.len()
    }

    /// Continues at another page.
    pub(super) fn seek(&mut self, pos: u64) {
        *self = Self::new(self.input.clone(), pos);
    }

    /// Reads the next page. Reads no data of pages that `is_wanted` rejects by their
    /// stream, and returns `Skipped` for them.
    ///
    /// # Errors
    /// `OverLimit`, `Read`.
    pub(super) fn next(
        &mut self,
        page: &mut Page,
        is_wanted: impl Fn(&Page) -> bool,
    ) -> Result<PageStep> {
        self.input.count_item()?;
        if self.is_synced {
            if self.at >= self.input.len() {
                return Ok(self.end());
            }
            if self.read(page, &is_wanted)? {
                return Ok(self.accept(page, &is_wanted));
            }
            (self.is_synced, self.is_after_damage) = (false, true);
            self.at += 1;
            return Ok(PageStep::Skipped);
        }
        let bytes = self.input.peek(self.at, SEARCH)?;
        let found = bytes.windows(4).position(|four| four == CAPTURE);
        let Some(found) = found else {
            let is_end = self.at + bytes.len() as u64 >= self.input.len();
            // The pattern may lie across the end of this search.
            let passed = bytes.len().saturating_sub(3).max(1);
            self.at += passed as u64;
            if is_end {
                self.at = self.input.len();
                return Ok(self.end());
            }
            return Ok(PageStep::Skipped);
        };
        self.at += found as u64;
        if self.read(page, &|_| true)? {
            return Ok(self.accept(page, &is_wanted));
        }
        self.at += 1;
        Ok(PageStep::Skipped)
    }

    fn end(&self) -> PageStep {
        match self.is_cut {
            true => PageStep::Truncated,
            false => PageStep::End,
        }
    }

    /// Moves past a valid page.
    fn accept(&mut self, page: &mut Page, is_wanted: &impl Fn(&Page) -> bool) -> PageStep {
        let body: u64 = page.lacing.iter().map(|&length| u64::from(length)).sum();
        self.at += (HEADER + page.lacing.len()) as u64 + body;
        (self.is_synced, self.is_cut) = (true, false);
        if !is_wanted(page) {
            return PageStep::Skipped;
        }
        page.is_after_damage = std::mem::take(&mut self.is_after_damage);
        PageStep::Page
    }

    /// Reads the page at `at`; false if there is no valid one.
    fn read(&mut self, page: &mut Page, is_wanted: &impl Fn(&Page) -> bool) -> Result<bool> {
        let left = self.input.len().saturating_sub(self.at);
        self.input.set_pos(self.at);
        if left < HEADER as u64 {
            let rest = self.input.peek(self.at, HEADER)?;
            self.is_cut |= is_pattern_start(&rest);
            return Ok(false);
        }
        let mut header: [u8; HEADER] = self.input.array()?;
        let [o, g0, g1, s, version, flags, fields @ ..] = header;
        if [o, g0, g1, s] != CAPTURE || version != 0 {
            return Ok(false);
        }
        let (granule, fields) = fields.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let mut words = fields.as_chunks::<4>().0.iter().copied();
        let mut word = || words.next().map_or(0, u32::from_le_bytes);
        (page.serial, page.sequence) = (word(), word());
        let expected = word();
        let granule = i64::from_le_bytes(*granule);
        page.granule = Some(granule).filter(|&granule| granule >= 0);
        page.pos = self.at;
        page.is_continued = flags & 1 != 0;
        page.is_first = flags & 2 != 0;
        page.is_last = flags & 4 != 0;
        let segments = usize::from(header[HEADER - 1]);
        let body_at = self.at + (HEADER + segments) as u64;
        if body_at > self.input.len() {
            self.is_cut = true;
            return Ok(false);
        }
        self.input.fill_vec(&mut page.lacing, segments as u64)?;
        let length: u64 = page.lacing.iter().map(|&length| u64::from(length)).sum();
        let end = body_at + length;
        if end > self.input.len() {
            self.is_cut = true;
            return Ok(false);
        }
        // The header of the next page confirms this one without its data.
        if !is_wanted(page) {
            let next = self.input.peek(end, CAPTURE.len())?;
            if next.is_empty() || next == CAPTURE {
                return Ok(true);
            }
            self.input.set_pos(body_at);
        }
        self.input.fill_vec(&mut page.body, length)?;
        // The checksum is computed with zeros in its own place.
        header[22..26].fill(0);
        let crc = crc::update(0, &header);
        let crc = crc::update(crc::update(crc, &page.lacing), &page.body);
        if crc != expected {
            // Invalid pages count by their size, since they may overlap.
            for _ in 0..length >> 10 {
                self.input.count_item()?;
            }
        }
        Ok(crc == expected)
    }
}

/// Whether a page begins here, of which the file has only the first bytes.
fn is_pattern_start(rest: &[u8]) -> bool {
    let count = rest.len().min(CAPTURE.len());
    count > 0 && rest[..count] == CAPTURE[..count]
}
