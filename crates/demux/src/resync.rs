//! What the searches of containers after damage have in common. A search reads windows that
//! grow, a bounded number of bytes per call, and examines each byte once.

/// Bytes of the first window; each further one is twice as long.
pub(crate) const MIN_WINDOW: usize = 1 << 10;
pub(crate) const MAX_WINDOW: usize = 64 << 10;
/// Candidates that one call examines: each may cost a read elsewhere in the file.
pub(crate) const MAX_CANDIDATES: usize = 64;
/// Bytes at the end of a file without any packet: fewer may be tags of another format, more
/// are a missing end.
pub(crate) const MAX_TRAILER: u64 = 4096;

/// The result of a search in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// A packet begins at this offset.
    Found(u64),
    /// None begins before this offset.
    NotBefore(u64),
}
