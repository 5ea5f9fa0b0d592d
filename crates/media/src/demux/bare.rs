//! Frames with nothing around them: MPEG audio, AC-3 and E-AC-3, AAC in LOAS.

use super::elementary::{Pieces, Stream};
use super::framer::{Framer, Kind};
use super::{Demuxer, Track};
use crate::error::{MediaError, Result};
use crate::input::Input;

/// Bytes that one call passes on.
const PIECE: u64 = 16 << 10;

/// A part of a file that is nothing but frames.
pub(super) struct Bytes {
    input: Input,
    start: u64,
    end: u64,
    at: u64,
}

/// Opens a stream that begins at `start`.
pub(super) fn open(input: Input, start: u64, kind: Kind) -> Result<Box<dyn Demuxer>> {
    let end = input.len();
    Stream::open(Bytes::new(input, start, end), kind, Track::default())
}

impl Bytes {
    /// What is between two places, the latter perhaps beyond the file.
    pub(super) fn new(input: Input, start: u64, end: u64) -> Self {
        Self {
            input,
            start,
            end,
            at: start,
        }
    }
}

impl Pieces for Bytes {
    fn more(&mut self, framer: &mut Framer) -> Result<bool> {
        let size = self.end.saturating_sub(self.at).min(PIECE);
        let mut bytes = Vec::new();
        self.input.set_pos(self.at);
        self.input.fill_vec(
            &mut bytes,
            size.min(self.input.len().saturating_sub(self.at)),
        )?;
        framer.push(&bytes);
        self.at += bytes.len() as u64;
        if (bytes.len() as u64) < size || size == 0 && framer.is_within_frame() {
            return Err(MediaError::Damaged {
                detail: "it ends too early",
            });
        }
        Ok(size > 0)
    }

    fn rewind(&mut self) {
        self.go_to(self.start);
    }

    fn place(&self, framer: &Framer) -> Option<u64> {
        Some(self.at - framer.left() as u64)
    }

    fn go_to(&mut self, place: u64) {
        self.at = place;
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end)
    }
}
