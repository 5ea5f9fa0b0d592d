//! EBML elements (RFC 8794, 5 and 6).

use tonearm_media_core::{FileError, Input, Result};

/// The location of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) id: u32,
    pub(super) body: u64,
    /// One past the last byte; `None` if the header leaves it open.
    pub(super) end: Option<u64>,
}

/// Maximum length of an element that is read into memory, in bytes.
const MAX_BODY: u64 = 1 << 20;

impl Element {
    /// The body, whose length must be known and at most [`MAX_BODY`].
    pub(super) fn bytes(&self, input: &mut Input) -> Result<Vec<u8>> {
        let length = self.end.map_or(u64::MAX, |end| end - self.body);
        if length > MAX_BODY {
            return Err(FileError::Damaged {
                detail: "a Matroska element is too long",
            });
        }
        let mut bytes = Vec::new();
        input.set_pos(self.body);
        input.fill_vec(&mut bytes, length)?;
        Ok(bytes)
    }
}

/// Reads the header of the element at `pos`: `Ok(None)` at the end of the file,
/// `Err(Damaged)` if it is invalid.
pub(super) fn element(input: &mut Input, pos: u64) -> Result<Option<Element>> {
    input.count_item()?;
    let header = input.peek(pos, 12)?;
    if header.is_empty() {
        return Ok(None);
    }
    let damaged = FileError::Damaged {
        detail: "a Matroska element has no valid header",
    };
    let Some((id, id_length)) = element_id(&header) else {
        return Err(damaged);
    };
    let Some((size, size_length)) = vint(&header[id_length..]) else {
        return Err(damaged);
    };
    let body = pos + (id_length + size_length) as u64;
    let end = size.and_then(|size| body.checked_add(size));
    Ok(Some(Element { id, body, end }))
}

/// An element's ID with its marker bits, and the length of the ID: 1 to 4 bytes.
fn element_id(bytes: &[u8]) -> Option<(u32, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let bytes = bytes.get(..length).filter(|_| length <= 4)?;
    let id = bytes
        .iter()
        .fold(0, |sum, &byte| sum << 8 | u32::from(byte));
    Some((id, length))
}

/// A number of 1 to 8 bytes, and its length. All bits set means "unknown".
pub(super) fn vint(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let bytes = bytes.get(..length).filter(|_| length <= 8)?;
    let all = bytes
        .iter()
        .fold(0, |sum: u64, &byte| sum << 8 | u64::from(byte));
    let mask = (1u64 << (7 * length)) - 1;
    let value = all & mask;
    Some(((value != mask).then_some(value), length))
}

/// The children of an element in memory: ID and body of each. Ends at the first invalid
/// child.
pub(super) fn children(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (id, id_length) = element_id(rest)?;
        let (size, size_length) = vint(rest.get(id_length..)?)?;
        let body = rest.get(id_length + size_length..)?;
        let size = usize::try_from(size?).ok()?;
        let (body, after) = (body.get(..size)?, body.get(size..)?);
        rest = after;
        Some((id, body))
    })
}

/// Decodes an unsigned number.
pub(super) fn unsigned(body: &[u8]) -> u64 {
    let last = &body[body.len().saturating_sub(8)..];
    last.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// Decodes a signed number.
pub(super) fn signed(body: &[u8]) -> i64 {
    let unused = 64 - 8 * body.len().min(8) as u32;
    (unsigned(body).checked_shl(unused).unwrap_or(0)).cast_signed() >> unused.min(63)
}

/// Decodes a floating-point number.
pub(super) fn float(body: &[u8]) -> f64 {
    match body.len() {
        4 => body
            .first_chunk()
            .map_or(0.0, |&four| f64::from(f32::from_be_bytes(four))),
        8 => body
            .first_chunk()
            .map_or(0.0, |&eight| f64::from_be_bytes(eight)),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_decoded() {
        assert_eq!(vint(&[0x82]), Some((Some(2), 1)));
        assert_eq!(vint(&[0x40, 0x02]), Some((Some(2), 2)));
        assert_eq!(vint(&[0xff]), Some((None, 1)));
        assert_eq!(
            vint(&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Some((None, 8))
        );
        assert_eq!(vint(&[0]), None);
        assert_eq!(signed(&[0xff]), -1);
        assert_eq!(signed(&[0x00, 0x80]), 128);
        assert_eq!(signed(&[]), 0);
        assert_eq!(unsigned(&[1, 0]), 256);
        assert_eq!(float(&48_000f32.to_be_bytes()), 48_000.0);
    }
}
