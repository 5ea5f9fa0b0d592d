//! Frames with nothing around them: MPEG audio, AC-3 and E-AC-3, AAC in LOAS.

use tonearm_media_core::{Demuxer, FileError, Input, Result, Track};

use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

/// Bytes that one call passes on.
const PIECE: u64 = 16 << 10;

/// A part of a file that is nothing but frames.
pub(crate) struct Bytes {
    input: Input,
    start: u64,
    end: u64,
    at: u64,
}

/// Opens a stream that begins at `start`.
pub(crate) fn open(input: Input, start: u64, kind: Framing) -> Result<Box<dyn Demuxer>> {
    let end = input.len();
    FramedDemuxer::open(Bytes::new(input, start, end), kind, Track::default())
}

impl Bytes {
    /// What is between two places, the latter perhaps beyond the file.
    pub(crate) fn new(input: Input, start: u64, end: u64) -> Self {
        Self {
            input,
            start,
            end,
            at: start,
        }
    }
}

impl ElementarySource for Bytes {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
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
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        }
        Ok(size > 0)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        Some(self.at - framer.left() as u64)
    }

    fn seek(&mut self, place: u64) {
        self.at = place;
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end)
    }
}
