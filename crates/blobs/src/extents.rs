//! Maps positions of a split blob to its sections.

use crate::keys::{self, Section};
use crate::piece::Piece;
use crate::{BlobError, Store};

/// Maximum number of extents of one piece of a blob, and of those that a reader holds in
/// memory at a time: one mebibyte. Videos of the default maximum upload size need a third of
/// that.
pub const MAX_EXTENTS: usize = 1 << 16;

/// A contiguous range of video, both in the piece and in the video section. It ends where the
/// next extent begins in the video section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Start offset in the piece.
    pub(crate) in_piece: u64,
    /// Start offset in the video section.
    pub(crate) in_video: u64,
}

impl Extent {
    /// Length of a stored extent: both offsets, little-endian.
    pub(crate) const BYTES: usize = 16;

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        (u128::from(self.in_video) << 64 | u128::from(self.in_piece)).to_le_bytes()
    }

    fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let both = u128::from_le_bytes(bytes);
        Self {
            in_piece: both as u64,
            in_video: (both >> 64) as u64,
        }
    }
}

/// A contiguous range within one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) section: Section,
    /// Start offset in the section.
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
}

/// All extents of a piece, in order.
#[derive(Debug)]
pub(crate) struct Extents {
    extents: Vec<Extent>,
    /// Length of the piece.
    bytes: u64,
    /// Length of the video section.
    video_bytes: u64,
}

impl Extents {
    /// Reads and validates the extents of `piece`, which has a video section.
    pub(crate) fn load<S: Store>(store: &S, piece: &Piece) -> Result<Self, BlobError> {
        let bad = |reason: &str| BlobError::BadManifest {
            name: piece.name.to_string(),
            reason: reason.to_owned(),
        };
        let (video_bytes, list_bytes) = (
            piece.section_bytes(Section::Video),
            piece.section_bytes(Section::Extents),
        );
        if list_bytes > (MAX_EXTENTS * Extent::BYTES) as u64 {
            return Err(bad("the extent list is too long"));
        }
        let mut list = Vec::new();
        for number in 0..list_bytes.div_ceil(piece.chunk_bytes) {
            let key = keys::chunk(&piece.name, Section::Extents, number);
            let expected = piece.chunk_length(Section::Extents, number);
            let chunk = store.get(&key)?;
            let chunk = chunk.ok_or_else(|| bad("a chunk of the extent list is missing"))?;
            let wrong = || bad("the extent list has the wrong length");
            list.extend_from_slice(chunk.get(..expected).ok_or_else(wrong)?);
        }
        let (extents, _) = list.as_chunks::<{ Extent::BYTES }>();
        let extents: Vec<_> = extents.iter().copied().map(Extent::from_bytes).collect();
        let starts_at_zero = extents.first().is_some_and(|first| first.in_video == 0);
        let is_in_order = |pair: &[Extent]| match pair {
            &[one, next] => {
                one.in_video < next.in_video
                    && next.in_piece.checked_sub(one.in_piece)
                        > next.in_video.checked_sub(one.in_video)
            }
            _ => true,
        };
        let ends_within = extents.last().is_some_and(|last| {
            last.in_video < video_bytes
                && piece.bytes.checked_sub(last.in_piece) >= Some(video_bytes - last.in_video)
        });
        if !(starts_at_zero && extents.windows(2).all(is_in_order) && ends_within) {
            return Err(bad("invalid extent list"));
        }
        Ok(Self {
            extents,
            bytes: piece.bytes,
            video_bytes,
        })
    }

    /// Number of extents.
    pub(crate) fn count(&self) -> usize {
        self.extents.len()
    }

    /// The location of the byte at `position` of the piece, and of the contiguous bytes after it.
    pub(crate) fn locate(&self, position: u64) -> Location {
        let after = self
            .extents
            .partition_point(|extent| extent.in_piece <= position);
        let next = self.extents.get(after);
        let end = next.map_or(self.bytes, |next| next.in_piece);
        let Some(extent) = after.checked_sub(1).and_then(|last| self.extents.get(last)) else {
            return Location {
                section: Section::Main,
                offset: position,
                bytes: end.saturating_sub(position),
            };
        };
        // Video bytes up to the end of this extent.
        let video_bytes = next.map_or(self.video_bytes, |next| next.in_video);
        let extent_end = extent.in_piece + (video_bytes - extent.in_video);
        if position < extent_end {
            Location {
                section: Section::Video,
                offset: extent.in_video + (position - extent.in_piece),
                bytes: extent_end - position,
            }
        } else {
            Location {
                section: Section::Main,
                offset: position - video_bytes,
                bytes: end.saturating_sub(position),
            }
        }
    }
}
