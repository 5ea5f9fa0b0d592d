//! How far the writer of a blob had come.

use serde::{Deserialize, Serialize};

use crate::extents::{Extent, MAX_EXTENTS};
use crate::manifest::Video;

/// How much of a blob the store certainly has. A [`SplitWriter`](crate::SplitWriter) continues
/// from it, and [`assemble`](crate::assemble()) cuts the blob there.
///
/// It is serialized to be kept while no writer runs; whoever keeps it must return it
/// unchanged. Deserializing refuses numbers that no writer reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Numbers", into = "Numbers")]
pub struct SplitCheckpoint(Numbers);

/// Lengths are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    /// Length of each full chunk.
    chunk_bytes: u64,
    /// Length of the main section.
    main: u64,
    /// Length of the video section.
    video: u64,
    /// Length of the list of extents.
    extents: u64,
    /// Whether the last byte is video, so that more video extends its extent.
    in_video: bool,
}

impl SplitCheckpoint {
    pub(crate) fn new(
        chunk_bytes: u64,
        main: u64,
        video: u64,
        extents: u64,
        in_video: bool,
    ) -> Self {
        Self(Numbers {
            chunk_bytes,
            main,
            video,
            extents,
            in_video,
        })
    }

    /// Bytes written up to here, video included.
    pub fn bytes(&self) -> u64 {
        self.0.main + self.0.video
    }

    /// Length of each chunk but the last of a section.
    pub fn chunk_bytes(&self) -> u64 {
        self.0.chunk_bytes
    }

    pub(crate) fn main_bytes(&self) -> u64 {
        self.0.main
    }

    pub(crate) fn in_video(&self) -> bool {
        self.0.in_video
    }

    /// The video section and its extents; `None` if there is no video.
    pub(crate) fn video(&self) -> Option<Video> {
        (self.0.video > 0).then_some(Video {
            bytes: self.0.video,
            extents_bytes: self.0.extents,
        })
    }
}

impl TryFrom<Numbers> for SplitCheckpoint {
    type Error = &'static str;

    fn try_from(numbers: Numbers) -> Result<Self, Self::Error> {
        let Numbers {
            chunk_bytes,
            main,
            video,
            extents,
            in_video,
        } = numbers;
        let extent_bytes = Extent::BYTES as u64;
        let count = extents / extent_bytes;
        if chunk_bytes == 0 || usize::try_from(chunk_bytes).is_err() {
            return Err("an impossible chunk length");
        }
        if main.checked_add(video).is_none() {
            return Err("a blob too long to count");
        }
        // Each extent has at least one byte of video, and another byte before the next.
        let is_list = extents % extent_bytes == 0
            && count <= MAX_EXTENTS as u64
            && (count > 0) == (video > 0)
            && count <= video
            && count <= main.saturating_add(1);
        if !is_list || (in_video && video == 0) {
            return Err("an impossible list of extents");
        }
        Ok(Self(numbers))
    }
}

impl From<SplitCheckpoint> for Numbers {
    fn from(checkpoint: SplitCheckpoint) -> Self {
        checkpoint.0
    }
}
