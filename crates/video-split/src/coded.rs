//! What a coded picture begins with in an MP4: its length, then what its codec begins
//! with.

use crate::MIN_PICTURE;

/// Bytes that are looked at.
pub(crate) const LOOK: usize = 12;

/// What may be a picture, or a slice of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    /// Its length in bytes, what tells that included.
    pub(crate) bytes: u64,
    pub(crate) signature: Signature,
}

/// What the pictures of one film have in common: it has a handful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    /// Its first byte, the type of the slice, the parameters it refers to.
    Avc(u8, u8, u8),
    /// Its first two bytes, and the parameters.
    Hevc(u8, u8, u8),
    /// Four letters, which nothing else begins with.
    ProRes,
    /// A slice of a picture that began before: it may begin with nearly anything.
    Later,
}

impl Signature {
    /// Whether this is what many bytes of zero look like, with something now and then.
    pub(crate) fn is_like_zeros(self) -> bool {
        matches!(self, Self::Avc(0 | 1, ..) | Self::Hevc(0 | 1, ..))
    }

    /// Whether the other is of the same codec.
    pub(crate) fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// Where in `bytes` the first may be that a picture begins with, or that is too near to
/// the end to tell; their length where there is none. Quick, and not strict.
pub(crate) fn find(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(zero) = memchr::memchr(0, &bytes[at..]) {
        at += zero;
        match bytes[at..].first_chunk::<LOOK>() {
            Some(&[_, a, b, _, first, ..]) if (a == 0 && b < SHORT) || first >= 0x80 => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}

/// The third byte of the length of what is too short.
const SHORT: u8 = (MIN_PICTURE >> 8) as u8;

/// Where `start` may be what a picture begins with.
pub(crate) fn start(start: &[u8; LOOK]) -> Option<Start> {
    let &[a, b, c, d, ref data @ ..] = start;
    let length = u64::from(u32::from_be_bytes([a, b, c, d]));
    if data.starts_with(b"icpf") {
        return Some(Start {
            bytes: length,
            signature: Signature::ProRes,
        });
    }
    let signature = avc(data).or_else(|| hevc(data))?;
    Some(Start {
        bytes: 4 + length,
        signature,
    })
}

/// A slice of H.264 (ITU-T H.264, 7.3.1 and 7.3.3).
fn avc(&[first, ref header @ ..]: &[u8; LOOK - 4]) -> Option<Signature> {
    let (is_reference, unit) = (first >> 5 & 3 != 0, first & 0x1f);
    let is_key = match unit {
        _ if first >= 0x80 => return None,
        1 => false,
        5 if is_reference => true,
        _ => return None,
    };
    let mut bits = Bits::new(header);
    let first_macroblock = bits.exponential_golomb()?;
    let kind = bits.exponential_golomb()?;
    let parameters = bits.exponential_golomb()?;
    // P, B, I, and the same where all slices of the picture are.
    let is_kind = kind < 10 && if is_key { kind % 5 == 2 } else { kind % 5 < 3 };
    (is_kind && parameters < 4).then_some(match first_macroblock {
        0 => Signature::Avc(first, kind as u8, parameters as u8),
        _ => Signature::Later,
    })
}

/// A slice of H.265 (ITU-T H.265, 7.3.1 and 7.3.6).
fn hevc(&[first, second, ref header @ ..]: &[u8; LOOK - 4]) -> Option<Signature> {
    let unit = first >> 1;
    let (layer, temporal) = ((first & 1) << 5 | second >> 3, second & 7);
    // Pictures, and those at which decoding may begin.
    if !matches!(unit, 0..=9 | 16..=21) || layer != 0 || temporal == 0 {
        return None;
    }
    let mut bits = Bits::new(header);
    let is_first = bits.number(1)? == 1;
    if unit >= 16 {
        bits.number(1)?;
    }
    let parameters = bits.exponential_golomb()?;
    (parameters < 4).then_some(match is_first {
        true => Signature::Hevc(first, second, parameters as u8),
        false => Signature::Later,
    })
}

/// Bits of a few bytes, the highest first.
struct Bits {
    bits: u64,
    left: u32,
}

impl Bits {
    /// Of at most eight bytes.
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
