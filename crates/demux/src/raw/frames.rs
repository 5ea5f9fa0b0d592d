//! Consecutive frames without a container: MPEG audio, AC-3 and E-AC-3, AAC in LOAS.

use tonearm_media_core::{Demuxer, FileError, Input, Result, Track};

use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

/// Maximum number of bytes per call.
const PIECE: u64 = 16 << 10;

/// A range of a file that contains only frames.
pub(crate) struct Bytes {
    input: Input,
    start: u64,
    end: u64,
    at: u64,
}

/// Opens a stream that begins at `start`.
pub(crate) fn open(input: Input, start: u64, framing: Framing) -> Result<Box<dyn Demuxer>> {
    let end = input.len();
    FramedDemuxer::open(Bytes::new(input, start, end), framing, Track::default())
}

impl Bytes {
    /// The range from `start` to `end`, which may lie beyond the end of the file.
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

    fn seek(&mut self, position: u64) {
        self.at = position;
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end)
    }
}
