//! Tags: the packets of an FLV file. Each is followed by its length, which confirms it.

use tonearm_media_core::{Input, Result};

use crate::resync::{MAX_CANDIDATES, Search};

pub(super) const AUDIO: u8 = 8;
pub(super) const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;
/// Bytes of a tag's header, and of the length after a tag.
pub(super) const HEADER: u64 = 11;
pub(super) const TRAILER: u64 = 4;

/// The header of an FLV tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) kind: u8,
    pub(super) is_encrypted: bool,
    /// In milliseconds; wraps after 49 days.
    pub(super) timestamp: u32,
    pub(super) body: u64,
    pub(super) end: u64,
}

impl Tag {
    /// Parses a header at `at`; `None` if it is invalid.
    fn parse(bytes: [u8; HEADER as usize], at: u64) -> Option<Self> {
        let [kind, s0, s1, s2, t0, t1, t2, t3, i0, i1, i2] = bytes;
        let is_known = matches!(kind & 0x1f, AUDIO | VIDEO | SCRIPT) && kind & 0xc0 == 0;
        let body = at + HEADER;
        (is_known && [i0, i1, i2] == [0; 3]).then(|| Self {
            kind: kind & 0x1f,
            is_encrypted: kind & 0x20 != 0,
            // The last byte extends the others upwards.
            timestamp: u32::from_be_bytes([t3, t0, t1, t2]),
            body,
            end: body + u64::from(u32::from_be_bytes([0, s0, s1, s2])),
        })
    }

    /// Where the next tag begins.
    pub(super) fn next(&self) -> u64 {
        self.end + TRAILER
    }

    /// Milliseconds from `origin`, a timestamp at most 24 days away.
    pub(super) fn milliseconds_from(&self, origin: u32) -> i64 {
        i64::from(self.timestamp.wrapping_sub(origin).cast_signed())
    }
}

/// The tag at `at`; `None` at the end of the file or if there is no valid tag.
pub(super) fn tag(input: &mut Input, at: u64) -> Result<Option<Tag>> {
    if input.len().saturating_sub(at) < HEADER {
        return Ok(None);
    }
    input.count_item()?;
    input.set_pos(at);
    Ok(Tag::parse(input.array()?, at))
}

/// What confirms a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Its length follows it, or the file ends with it.
    Sure,
    /// Another length follows it, but then another tag.
    Likely,
    /// It ends after the file does.
    Cut,
    None,
}

/// Examines what follows `found`.
pub(super) fn proof(input: &mut Input, found: &Tag) -> Result<Proof> {
    if found.end > input.len() {
        return Ok(Proof::Cut);
    }
    if found.end == input.len() {
        return Ok(Proof::Sure);
    }
    let size = input.peek(found.end, 4)?;
    let expected = u32::try_from(found.end + HEADER - found.body).unwrap_or(0);
    if size == expected.to_be_bytes() {
        return Ok(Proof::Sure);
    }
    Ok(match tag(input, found.next())? {
        Some(_) => Proof::Likely,
        None => Proof::None,
    })
}

/// Searches the `window` bytes from `at` for a tag that is followed by its length.
pub(super) fn search(input: &mut Input, at: u64, window: usize) -> Result<Search> {
    let size = window + HEADER as usize - 1;
    let bytes = input.peek(at, size)?;
    let headers = bytes.windows(HEADER as usize).enumerate();
    let mut candidates = 0;
    for (offset, header) in headers {
        let here = at + offset as u64;
        let parsed = header
            .first_chunk()
            .and_then(|header| Tag::parse(*header, here));
        let Some(found) = parsed else {
            continue;
        };
        input.count_item()?;
        if found.end < input.len() && proof(input, &found)? == Proof::Sure {
            return Ok(Search::Found(here));
        }
        candidates += 1;
        if candidates == MAX_CANDIDATES {
            return Ok(Search::NotBefore(here + 1));
        }
    }
    Ok(Search::NotBefore(match bytes.len() < size {
        true => input.len(),
        false => at + window as u64,
    }))
}
