//! The index `idx1`: offset and length of each chunk. After damage it tells how many chunks
//! are missing.

use tonearm_media_core::{Input, Result};

/// Bytes of an entry: id, flags, offset, length.
const ENTRY: usize = 16;
/// Maximum number of entries of the stream: ten hours of chunks of 40 ms.
const MAX_ENTRIES: usize = 1 << 20;
/// Maximum length of the index in bytes.
const MAX_BYTES: u64 = 64 << 20;
/// Bytes per read.
const PIECE: usize = 64 << 10;
/// Bytes before the stated place of the index within which it is looked for: as many may be
/// missing in the middle of the file.
const MAX_SHIFT: u64 = 256 << 10;

/// A chunk of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// Offset of the chunk's header.
    offset: u64,
    length: u32,
    /// Bytes of the chunks before it.
    before: u64,
}

/// The entries of one stream.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
    /// Bytes that are missing between the header and the index; negative if there are more.
    shift: i64,
}

impl Index {
    /// Reads the index after the data, which extends from `movi`, the list's type, to `end`.
    /// Empty if there is none.
    pub(super) fn read(input: &mut Input, id: [u8; 4], movi: u64, end: u64) -> Result<Self> {
        let Some(at) = find(input, end)? else {
            return Ok(Self::default());
        };
        let shift = i64::try_from(end).unwrap_or(0) - i64::try_from(at).unwrap_or(0);
        let size = input.peek(at + 4, 4)?;
        let size = size
            .first_chunk()
            .map_or(0, |&size| u32::from_le_bytes(size));
        let stop = (at + 8)
            .saturating_add(u64::from(size).min(MAX_BYTES))
            .min(input.len());
        let mut index = Self {
            entries: Vec::new(),
            shift,
        };
        let (mut base, mut before) = (None, 0);
        let mut from = at + 8;
        while from < stop && index.entries.len() < MAX_ENTRIES {
            let length = usize::try_from(stop - from)
                .unwrap_or(usize::MAX)
                .min(PIECE);
            let bytes = input.peek(from, length)?;
            for entry in bytes.chunks_exact(ENTRY) {
                input.count_item()?;
                let le32 = |at: usize| -> u32 {
                    let four = entry.get(at..).and_then(<[u8]>::first_chunk);
                    four.map_or(0, |&four| u32::from_le_bytes(four))
                };
                let offset = u64::from(le32(8));
                // Relative to the list's type, or to the file.
                let base = *base.get_or_insert(if offset < movi { movi } else { 0 });
                if entry.starts_with(&id) {
                    let length = le32(12);
                    index.entries.push(Entry {
                        offset: base + offset,
                        length,
                        before,
                    });
                    before += u64::from(length);
                }
            }
            from += PIECE as u64;
        }
        Ok(index)
    }

    /// The number of the chunk at `at`, of `length` bytes, which is at least `least`; with
    /// the number of bytes of the chunks before it.
    pub(super) fn locate(&self, at: u64, length: u64, least: u64) -> Option<(u64, u64)> {
        let shifted = |by: i64| at.checked_add_signed(by);
        let (low, high) = (shifted(self.shift.min(0))?, shifted(self.shift.max(0))?);
        let first = self.entries.partition_point(|entry| entry.offset < low);
        let first = first.max(usize::try_from(least).ok()?);
        let candidates = self.entries.iter().enumerate().skip(first);
        let (number, entry) = candidates
            .take_while(|(_, entry)| entry.offset <= high)
            .filter(|(_, entry)| u64::from(entry.length) == length)
            // All that is missing may be before the chunk, or nothing.
            .min_by_key(|(_, entry)| {
                let is_all = Some(entry.offset) == shifted(self.shift);
                (!is_all, entry.offset != at)
            })?;
        Some((number as u64, entry.before))
    }
}

/// The offset of the index that should be at `end`.
pub(super) fn find(input: &mut Input, end: u64) -> Result<Option<u64>> {
    if input.peek(end, 4)? == *b"idx1" {
        return Ok(Some(end));
    }
    let low = end.saturating_sub(MAX_SHIFT);
    let length = usize::try_from(2 * MAX_SHIFT).unwrap_or(0);
    let bytes = input.peek(low, length)?;
    let found = bytes.windows(4).position(|four| four == b"idx1");
    Ok(found.map(|offset| low + offset as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_chunk_is_located_by_offset_and_length_although_bytes_are_missing() {
        // Chunks of 10 bytes at 104, 122 and so on; 36 bytes are missing before the index.
        let mut file = vec![0; 464];
        file.extend(*b"idx1");
        file.extend((20 * 16u32).to_le_bytes());
        for n in 0..20u32 {
            file.extend(*b"01wb");
            for field in [0, 4 + 18 * n, 10] {
                file.extend(field.to_le_bytes());
            }
        }
        let mut input = Input::new(Cursor::new(file)).unwrap();
        let index = Index::read(&mut input, *b"01wb", 100, 500).unwrap();
        assert_eq!((index.entries.len(), index.shift), (20, 36));
        assert_eq!(index.locate(104 + 18 * 7 - 36, 10, 4), Some((7, 70)));
        assert_eq!(index.locate(104 + 18 * 7 - 36, 11, 4), None);
        let none = Index::read(&mut input, *b"01wb", 0, 0).unwrap();
        assert_eq!(none.locate(104, 10, 0), None);
    }
}
