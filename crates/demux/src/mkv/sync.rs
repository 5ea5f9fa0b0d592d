//! Which elements are plausible where a cluster is read. Damaged bytes rarely pass, so
//! damage is noticed where it begins, and the search after it finds the next element.

use tonearm_media_core::{FileError, Input, Result};

use super::block::BlockHeader;
use super::ebml::{Element, element};
use super::id;
use crate::resync::{MAX_CANDIDATES, MAX_WINDOW, Search};

/// What is at an offset where an element should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Good(Element),
    /// An element that ends after the file does.
    Cut,
    Bad,
}

/// Judges elements by the track numbers of the file.
pub(super) struct Judge {
    numbers: Vec<u64>,
}

impl Judge {
    pub(super) fn new(numbers: Vec<u64>) -> Self {
        Self { numbers }
    }

    /// Checks the element at `at`. An unknown one is good if a known one follows it.
    pub(super) fn check(&self, input: &mut Input, at: u64) -> Result<Check> {
        let Some(found) = parse(input, at)? else {
            return Ok(Check::Bad);
        };
        let is_known = self.is_plausible(input, found)?;
        let Some(end) = found.end else {
            return Ok(if is_known {
                Check::Good(found)
            } else {
                Check::Bad
            });
        };
        let is_container = matches!(found.id, id::SEGMENT | id::CLUSTER);
        Ok(match is_known {
            true if end > input.len() && !is_container => Check::Cut,
            true => Check::Good(found),
            false if end == input.len() || self.begins(input, end)? => Check::Good(found),
            false => Check::Bad,
        })
    }

    /// Whether a plausible element begins at `at`.
    fn begins(&self, input: &mut Input, at: u64) -> Result<bool> {
        match parse(input, at)? {
            Some(found) => self.is_plausible(input, found),
            None => Ok(false),
        }
    }

    fn is_plausible(&self, input: &mut Input, found: Element) -> Result<bool> {
        let Some(end) = found.end else {
            return Ok(matches!(found.id, id::SEGMENT | id::CLUSTER));
        };
        let length = end - found.body;
        Ok(match found.id {
            id::TIMESTAMP | id::POSITION | id::PREVIOUS_SIZE => length <= 8,
            id::CRC_32 => length == 4,
            id::SIMPLE_BLOCK => self.is_block(input, found.body, length)?,
            id::BLOCK_GROUP => match parse(input, found.body)? {
                Some(Element {
                    id: id::BLOCK,
                    body,
                    end: Some(block_end),
                }) if block_end <= end => self.is_block(input, body, block_end - body)?,
                Some(first) => id::IN_GROUP.contains(&first.id) && first.end <= Some(end),
                None => false,
            },
            other => other == id::VOID || other == id::SILENT_TRACKS || is_top(other),
        })
    }

    fn is_block(&self, input: &mut Input, body: u64, length: u64) -> Result<bool> {
        let header = BlockHeader::parse(&input.peek(body, BlockHeader::MAX_BYTES)?);
        Ok(length >= 4
            && header.is_some_and(|header| {
                header.is_plausible() && self.numbers.contains(&header.track)
            }))
    }

    /// Searches `window` bytes from `at` for an element after damage: a block, or an element
    /// beside clusters.
    pub(super) fn search(&self, input: &mut Input, at: u64, window: usize) -> Result<Search> {
        let bytes = input.peek(at, window)?;
        let mut candidates = 0;
        for (offset, four) in bytes.windows(4).enumerate() {
            let here = at + offset as u64;
            let is_candidate = match four.first().map(|&byte| u32::from(byte)) {
                Some(id::SIMPLE_BLOCK | id::BLOCK_GROUP) => true,
                _ => four
                    .first_chunk()
                    .is_some_and(|&id| is_top(u32::from_be_bytes(id))),
            };
            if !is_candidate {
                continue;
            }
            if self.is_anchor(input, here)? {
                return Ok(Search::Found(here));
            }
            candidates += 1;
            if candidates == MAX_CANDIDATES {
                return Ok(Search::NotBefore(here + 1));
            }
        }
        let searched = (bytes.len() as u64).saturating_sub(3);
        Ok(Search::NotBefore(match bytes.len() < window {
            true => input.len(),
            false => at + searched,
        }))
    }

    /// Whether a plausible element begins at `at` and another one in it or after it.
    fn is_anchor(&self, input: &mut Input, at: u64) -> Result<bool> {
        let Some(found) = parse(input, at)? else {
            return Ok(false);
        };
        if !self.is_plausible(input, found)? {
            return Ok(false);
        }
        match (found.id, found.end) {
            (id::CLUSTER, _) => self.begins(input, found.body),
            (_, Some(end)) => Ok(end == input.len() || self.begins(input, end)?),
            (_, None) => Ok(false),
        }
    }
}

/// The header of the element at `at`; `None` if there is none.
fn parse(input: &mut Input, at: u64) -> Result<Option<Element>> {
    match element(input, at) {
        Err(FileError::Damaged { .. }) => Ok(None),
        outcome => outcome,
    }
}

/// Whether elements of this ID are children of the segment. Their IDs have four bytes.
pub(super) fn is_top(id: u32) -> bool {
    matches!(
        id,
        id::HEADER
            | id::SEGMENT
            | id::INFO
            | id::TRACKS
            | id::CLUSTER
            | id::CUES
            | id::TAGS
            | id::CHAPTERS
            | id::ATTACHMENTS
            | id::SEEK_HEAD
    )
}

/// The next child of the segment within `max` bytes from `at`, or the end of the file.
pub(super) fn next_top(input: &mut Input, at: u64, max: u64) -> Result<u64> {
    let mut from = at;
    while from < at.saturating_add(max).min(input.len()) {
        let bytes = input.peek(from, MAX_WINDOW)?;
        let is_wanted = |four: &[u8]| {
            let id = four.first_chunk().map(|&four| u32::from_be_bytes(four));
            id.is_some_and(is_top)
        };
        if let Some(offset) = bytes.windows(4).position(is_wanted) {
            return Ok(from + offset as u64);
        }
        from += (MAX_WINDOW - 3) as u64;
    }
    Ok(input.len())
}
