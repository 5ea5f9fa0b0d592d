//! The positions of Theora (Theora specification, A.2.3), as far as they determine where the
//! sound begins beside a video.

use super::super::page::Page;

/// The clock of a video stream.
pub(in crate::ogg) struct Theora {
    /// Frames per second, as a fraction.
    rate: (u32, u32),
    /// Bits of a position that count frames since a key frame.
    shift: u32,
    /// Whether positions count frames from one, not from zero.
    counts_from_one: bool,
}

impl Theora {
    pub(super) fn open(first: &[u8]) -> Option<Self> {
        let fields = first.strip_prefix(b"\x80theora")?;
        let &[major, minor, revision] = fields.first_chunk()?;
        let word = |at: usize| {
            let bytes = fields.get(at..).and_then(<[u8]>::first_chunk);
            bytes.map(|&bytes| u32::from_be_bytes(bytes))
        };
        let rate = (word(15)?, word(19)?);
        let &[c, d] = fields.get(33..).and_then(<[u8]>::first_chunk)?;
        (rate.0 > 0 && rate.1 > 0).then_some(Self {
            rate,
            shift: u32::from(u16::from_be_bytes([c, d]) >> 5 & 31),
            counts_from_one: (major, minor, revision) >= (3, 2, 1),
        })
    }

    /// Nanoseconds to the first frame of a stream, by its first page with frames; `None`
    /// for other pages.
    pub(in crate::ogg) fn start(&self, page: &Page) -> Option<i64> {
        let granule = page.granule?;
        // Headers have the first bit set.
        if page.is_continued || page.body.first()? & 0x80 != 0 {
            return None;
        }
        let number = (granule >> self.shift) + (granule & ((1 << self.shift) - 1));
        let ends = page.lacing.iter().filter(|&&length| length < 255).count();
        let passed = i64::try_from(ends).ok()? - i64::from(!self.counts_from_one);
        let frame = i128::from(number.checked_sub(passed)?.max(0));
        let (numerator, denominator) = (i128::from(self.rate.0), i128::from(self.rate.1));
        i64::try_from(frame * 1_000_000_000 * denominator / numerator).ok()
    }
}
