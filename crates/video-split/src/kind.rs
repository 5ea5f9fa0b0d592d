//! The two kinds of bytes.

/// What a sequence of bytes most likely is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Audio, tables, and everything not recognised as video.
    Other,
    /// A coded video frame, or part of one.
    Video,
}

/// Shorter video frames count as [`Kind::Other`]: recording their position would cost more
/// than reading over them.
pub const MIN_VIDEO_BYTES: u64 = 16 << 10;
