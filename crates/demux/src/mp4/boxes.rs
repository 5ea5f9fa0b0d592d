//! The boxes of ISO base media files (ISO/IEC 14496-12, 4.2).

use tonearm_media_core::{FileError, Input, Result};

/// The location of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bx {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    pub(super) body: u64,
    /// One past the last byte, clamped to the end of the parent.
    pub(super) end: u64,
    /// The stated end lies beyond the end of the parent.
    pub(super) is_truncated: bool,
}

impl Bx {
    /// Length of the body in bytes.
    pub(super) fn len(&self) -> u64 {
        self.end - self.body
    }
}

/// The error for damaged files.
pub(super) fn damaged<T>(detail: &'static str) -> Result<T> {
    Err(FileError::Damaged { detail })
}

/// Reads the header of the box at `pos` within a parent that ends at `limit`; `None` at the
/// end of the parent, or at the zero that terminates some old lists.
pub(super) fn child(input: &mut Input, pos: u64, limit: u64) -> Result<Option<Bx>> {
    let Some(found) = header(input, pos, limit)? else {
        return Ok(None);
    };
    match found {
        (bx, Some(_)) if !bx.is_truncated => Ok(Some(bx)),
        (_, Some(_)) => damaged("an MP4 box is larger than what holds it"),
        (_, None) => Ok(None),
    }
}

/// [`child`] for boxes of the file itself: the last box may extend to the end of the file,
/// or be truncated.
pub(super) fn top_level(input: &mut Input, pos: u64) -> Result<Option<Bx>> {
    let limit = input.len();
    Ok(header(input, pos, limit)?.map(|(bx, _)| bx))
}

/// The box, clamped to `limit`, and its stated size.
fn header(input: &mut Input, pos: u64, limit: u64) -> Result<Option<(Bx, Option<u64>)>> {
    if limit.saturating_sub(pos) < 8 {
        return Ok(None);
    }
    input.count_item()?;
    input.set_pos(pos);
    let [s0, s1, s2, s3, kind @ ..] = input.array::<8>()?;
    let (size, mut body) = match u32::from_be_bytes([s0, s1, s2, s3]) {
        0 => (None, pos + 8),
        1 if limit - pos < 16 => return Ok(None),
        1 => (Some(u64::from_be_bytes(input.array()?)), pos + 16),
        size => (Some(u64::from(size)), pos + 8),
    };
    if size.is_some_and(|size| size < body - pos) {
        return damaged("an MP4 box is smaller than its header");
    }
    if &kind == b"uuid" {
        body = (body + 16).min(limit);
    }
    let end = size
        .and_then(|size| pos.checked_add(size))
        .map_or(limit, |end| end.min(limit))
        .max(body);
    let bx = Bx {
        kind,
        start: pos,
        body,
        end,
        is_truncated: size.is_some_and(|size| size > limit - pos),
    };
    Ok(Some((bx, size)))
}

/// A table of entries of equal size. Entries are read one by one, so that memory does not
/// grow with the table.
#[derive(Clone)]
pub(super) struct Table<const N: usize> {
    input: Input,
    left: u64,
}

impl<const N: usize> Table<N> {
    /// The table at `pos` with `count` entries, in a box that ends at `end`. Entries beyond
    /// the end of the box are dropped.
    pub(super) fn new(input: &Input, pos: u64, end: u64, count: u32) -> Self {
        let mut input = input.clone();
        input.set_pos(pos);
        let room = end.saturating_sub(pos) / N as u64;
        Self {
            input,
            left: room.min(u64::from(count)),
        }
    }

    /// An empty table.
    pub(super) fn empty(input: &Input) -> Self {
        Self {
            input: input.clone(),
            left: 0,
        }
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Result<Option<[u8; N]>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.input.count_item()?;
        self.input.array().map(Some)
    }
}

/// The big-endian 32-bit number at offset `at`; 0 beyond the end.
pub(super) fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |&four| u32::from_be_bytes(four))
}

/// The big-endian 64-bit number at offset `at`; 0 beyond the end.
pub(super) fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from(be32(bytes, at)) << 32 | u64::from(be32(bytes, at + 4))
}

/// The big-endian 16-bit number at offset `at`; 0 beyond the end.
pub(super) fn be16(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |&two| u16::from_be_bytes(two))
}
