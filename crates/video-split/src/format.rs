//! The interface of a container parser.

use crate::any_format::AnyFormat;
use crate::kind::Kind;

/// A parser that walks one container from its first byte to its last.
pub(crate) trait Format {
    /// Decides what follows `offset`, where the bytes of `peeked` begin. `peeked` starts out
    /// empty and grows with each [`Action::Peek`].
    fn next(&mut self, offset: u64, peeked: &[u8]) -> Action;

    /// After [`Action::Scan`]: the number of leading bytes that certainly hold no match. A
    /// match cut off by the end of `bytes` is not skipped.
    fn skip_mismatches(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }
}

/// What to do with the next bytes.
#[derive(Debug)]
pub(crate) enum Action {
    /// Ask again with this many bytes peeked: more than now, [`MAX_PEEK`] at most.
    Peek(usize),
    /// The peeked bytes are parsed. The given number of bytes after them is of this kind.
    Emit(u64, Kind),
    /// No match. Resume one byte later at the next candidate, or at this offset.
    Scan(u64),
    /// Hand the same peeked bytes to this parser.
    Become(AnyFormat),
    /// No further video can be identified.
    GiveUp,
}

/// The largest number of bytes that [`Action::Peek`] may ask for.
pub(crate) const MAX_PEEK: usize = 24;
