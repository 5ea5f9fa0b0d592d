//! Recognises the start of a coded video frame in an MP4: its length field, followed by the
//! codec's slice header.

use serde::{Deserialize, Serialize};

use crate::kind::MIN_VIDEO_BYTES;

/// Number of bytes that [`parse`] reads.
pub(crate) const BYTES: usize = 12;

/// Maximum length of a frame: what its length field can say, and the field.
pub(crate) const MAX_BYTES: u64 = 4 + u32::MAX as u64;

/// A candidate: the possible start of a frame, or of one of its slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FrameStart {
    /// Length of the frame in bytes, including its length field.
    pub(crate) bytes: u64,
    pub(crate) signature: Signature,
}

/// The header fields that recur in a file: its frames share a handful of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Signature {
    /// H.264: first byte, slice type, parameter set.
    Avc(u8, u8, u8),
    /// H.265: first two bytes, parameter set.
    Hevc(u8, u8, u8),
    /// ProRes: a four-letter code that is unambiguous.
    ProRes,
    /// A slice other than the first of its frame. Nearly any bytes look like one.
    LaterSlice,
}

impl Signature {
    /// Whether mostly zero bytes also produce this signature.
    pub(crate) fn resembles_zeros(self) -> bool {
        matches!(self, Self::Avc(0 | 1, ..) | Self::Hevc(0 | 1, ..))
    }

    /// Whether both belong to the same codec.
    pub(crate) fn same_codec(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// Returns the offset of the first possible frame start in `bytes`, or their length if there
/// is none. A position too close to the end to decide counts as possible. This is a fast
/// filter that lets many mismatches through to [`parse`].
pub(crate) fn find(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(zero) = memchr::memchr(0, &bytes[at..]) {
        at += zero;
        match bytes[at..].first_chunk::<BYTES>() {
            Some(&[_, a, b, _, first, ..]) if (a == 0 && b < TOO_SHORT) || first >= 0x80 => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}

/// The third byte of a length field is below this if the frame is too short.
const TOO_SHORT: u8 = (MIN_VIDEO_BYTES >> 8) as u8;

/// Parses a candidate; `None` if `start` cannot begin a frame.
pub(crate) fn parse(start: &[u8; BYTES]) -> Option<FrameStart> {
    let &[a, b, c, d, ref data @ ..] = start;
    let length = u64::from(u32::from_be_bytes([a, b, c, d]));
    if data.starts_with(b"icpf") {
        return Some(FrameStart {
            bytes: length,
            signature: Signature::ProRes,
        });
    }
    let signature = avc(data).or_else(|| hevc(data))?;
    Some(FrameStart {
        bytes: 4 + length,
        signature,
    })
}

/// A slice of H.264 (ITU-T H.264, 7.3.1 and 7.3.3).
fn avc(&[first, ref header @ ..]: &[u8; BYTES - 4]) -> Option<Signature> {
    let (is_reference, unit_type) = (first >> 5 & 3 != 0, first & 0x1f);
    let is_key = match unit_type {
        _ if first >= 0x80 => return None,
        1 => false,
        5 if is_reference => true,
        _ => return None,
    };
    let mut bits = BitReader::new(header);
    let first_macroblock = bits.exponential_golomb()?;
    let slice_type = bits.exponential_golomb()?;
    let parameter_set = bits.exponential_golomb()?;
    // P, B, I; the values from 5 on say that all slices of the frame have that type.
    let is_valid_type = slice_type < 10
        && if is_key {
            slice_type % 5 == 2
        } else {
            slice_type % 5 < 3
        };
    (is_valid_type && parameter_set < 4).then_some(match first_macroblock {
        0 => Signature::Avc(first, slice_type as u8, parameter_set as u8),
        _ => Signature::LaterSlice,
    })
}

/// A slice of H.265 (ITU-T H.265, 7.3.1 and 7.3.6).
fn hevc(&[first, second, ref header @ ..]: &[u8; BYTES - 4]) -> Option<Signature> {
    let unit_type = first >> 1;
    let (layer, temporal) = ((first & 1) << 5 | second >> 3, second & 7);
    // Ordinary slices, and those of random access points.
    if !matches!(unit_type, 0..=9 | 16..=21) || layer != 0 || temporal == 0 {
        return None;
    }
    let mut bits = BitReader::new(header);
    let is_first_slice = bits.number(1)? == 1;
    if unit_type >= 16 {
        bits.number(1)?;
    }
    let parameter_set = bits.exponential_golomb()?;
    (parameter_set < 4).then_some(match is_first_slice {
        true => Signature::Hevc(first, second, parameter_set as u8),
        false => Signature::LaterSlice,
    })
}

/// Reads up to eight bytes bit by bit, most significant bit first.
struct BitReader {
    bits: u64,
    left: u32,
}

impl BitReader {
    /// Bytes beyond the eighth are ignored.
    fn new(bytes: &[u8]) -> Self {
        let mut all = [0; 8];
        let count = bytes.len().min(8);
        all[..count].copy_from_slice(&bytes[..count]);
        Self {
            bits: u64::from_be_bytes(all),
            left: 8 * count as u32,
        }
    }

    fn number(&mut self, count: u32) -> Option<u64> {
        self.left = self.left.checked_sub(count)?;
        if count == 0 {
            return Some(0);
        }
        let number = self.bits >> (64 - count);
        self.bits = self.bits << (count - 1) << 1;
        Some(number)
    }

    /// `ue(v)` (ITU-T H.264, 9.1).
    fn exponential_golomb(&mut self) -> Option<u64> {
        let zeros = self.bits.leading_zeros();
        self.number(zeros.min(self.left))?;
        Some(self.number(zeros + 1)? - 1)
    }
}
