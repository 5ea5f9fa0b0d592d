//! The boxes that ISO base media files are made of (ISO/IEC 14496-12, 4.2).

use tonearm_media_core::{FileError, Input, Result};

/// Where a box lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bx {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    pub(super) body: u64,
    /// One past its last byte; never beyond the limit it was read with.
    pub(super) end: u64,
    /// It says that it ends beyond that limit.
    pub(super) is_cut: bool,
}

impl Bx {
    /// Bytes of the body.
    pub(super) fn len(&self) -> u64 {
        self.end - self.body
    }
}

/// Damage with a word on where.
pub(super) fn damaged<T>(detail: &'static str) -> Result<T> {
    Err(FileError::Damaged { detail })
}

/// Reads the header of the box at `pos` within a parent that ends at `limit`;
/// `None` at the parent's end, or at the zero that ends some old lists.
pub(super) fn child(input: &mut Input, pos: u64, limit: u64) -> Result<Option<Bx>> {
    let Some(found) = header(input, pos, limit)? else {
        return Ok(None);
    };
    match found {
        (bx, Some(_)) if !bx.is_cut => Ok(Some(bx)),
        (_, Some(_)) => damaged("an MP4 box is larger than what holds it"),
        (_, None) => Ok(None),
    }
}

/// As `child`, of the file itself: the last box may say that it goes to the
/// end, or may have been cut off by it.
pub(super) fn top_level(input: &mut Input, pos: u64) -> Result<Option<Bx>> {
    let limit = input.len();
    Ok(header(input, pos, limit)?.map(|(bx, _)| bx))
}

/// The box, clamped to `limit`, and its size as it is stated.
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
        is_cut: size.is_some_and(|size| size > limit - pos),
    };
    Ok(Some((bx, size)))
}

/// A table of entries of equal size that is read one after the other, so that
/// it needs no memory.
#[derive(Clone)]
pub(super) struct Table<const N: usize> {
    input: Input,
    left: u64,
}

impl<const N: usize> Table<N> {
    /// The table at `pos` with `claimed` entries, in a box that ends at `end`.
    /// What does not fit into the box is not there.
    pub(super) fn new(input: &Input, pos: u64, end: u64, claimed: u32) -> Self {
        let mut input = input.clone();
        input.set_pos(pos);
        let room = end.saturating_sub(pos) / N as u64;
        Self {
            input,
            left: room.min(u64::from(claimed)),
        }
    }

    /// A table without entries.
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

/// Big-endian number of 32 bits at `at` of an entry; 0 where there is none.
pub(super) fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |&four| u32::from_be_bytes(four))
}

/// Big-endian number of 64 bits at `at`; 0 where there is none.
pub(super) fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from(be32(bytes, at)) << 32 | u64::from(be32(bytes, at + 4))
}

/// Big-endian number of 16 bits at `at`; 0 where there is none.
pub(super) fn be16(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |&two| u16::from_be_bytes(two))
}
