//! One of the pieces that a blob consists of.

use crate::extents::Extent;
use crate::keys::Section;
use crate::manifest::Video;
use crate::{BlobName, Manifest};

/// The own bytes of a blob, or one of its parts.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The name of its chunks.
    pub(crate) name: BlobName,
    /// Start offset in the blob.
    pub(crate) start: u64,
    /// Length in bytes, video included.
    pub(crate) bytes: u64,
    pub(crate) chunk_bytes: u64,
    video: Option<Video>,
}

impl Piece {
    /// All pieces of the blob `name`, in order.
    pub(crate) fn all(name: BlobName, manifest: &Manifest) -> Vec<Self> {
        let mut start = manifest.own_bytes();
        let mut pieces = vec![Self {
            name,
            start: 0,
            bytes: start,
            chunk_bytes: manifest.chunk_bytes,
            video: manifest.video(),
        }];
        for part in &manifest.parts {
            pieces.push(Self {
                name: part.name.clone(),
                start,
                bytes: part.bytes,
                chunk_bytes: part.chunk_bytes,
                video: part.video(),
            });
            start += part.bytes;
        }
        pieces
    }

    /// Whether it has a video section.
    pub(crate) fn is_split(&self) -> bool {
        self.video.is_some()
    }

    /// Length of one of its sections, in bytes.
    pub(crate) fn section_bytes(&self, section: Section) -> u64 {
        let video = self.video.map_or(0, |video| video.bytes);
        match section {
            Section::Main => self.bytes.saturating_sub(video),
            Section::Video => video,
            Section::Extents => self.video.map_or(0, |video| video.extents_bytes),
        }
    }

    /// Number of its extents.
    pub(crate) fn extents(&self) -> usize {
        let count = self.section_bytes(Section::Extents) / Extent::BYTES as u64;
        usize::try_from(count).unwrap_or(usize::MAX)
    }

    /// How many bytes of a chunk count.
    pub(crate) fn chunk_length(&self, section: Section, number: u64) -> usize {
        let start = number.saturating_mul(self.chunk_bytes);
        let left = self.section_bytes(section).saturating_sub(start);
        usize::try_from(left.min(self.chunk_bytes)).unwrap_or(usize::MAX)
    }
}
