//! `.ra` files: a header, and the bytes of one stream up to the end of the file.

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};
use tonearm_media_core::{Demuxer, FileError, Input, Result, TrackChoice};

use super::Packets;
use super::audio_header::{self, AudioHeader};
use crate::track_selection::choose;

/// Bytes of a packet, where neither codec nor order determines them: whole frames of
/// RealAudio 1.0.
const PACKET: usize = 1000;

/// Whether the file begins with a RealAudio header.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(audio_header::SIGNATURE)
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let bytes = input.peek(start, audio_header::MAX_BYTES)?;
    let header = AudioHeader::parse(&bytes, true).ok_or(FileError::Damaged {
        detail: "a RealAudio file with an invalid header",
    })?;
    choose(choice, &[super::candidate(&header)])?;
    let mut track = super::track(&header);
    track.tags = header.tags.clone();
    let framing = super::framing(&header);
    let start = start + header.length as u64;
    let source = Source {
        row_bytes: header.interleaver.row_bytes().unwrap_or(PACKET) as u64,
        packets: Packets::new(header, 0),
        start,
        at: start,
        input,
    };
    FramedDemuxer::open(source, framing, track)
}

struct Source {
    input: Input,
    row_bytes: u64,
    packets: Packets,
    start: u64,
    at: u64,
}

impl ElementarySource for Source {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.packets.push_next(framer) {
            return Ok(true);
        }
        self.input.count_item()?;
        let left = self.input.len().saturating_sub(self.at);
        let mut row = Vec::new();
        self.input.set_pos(self.at);
        self.input.fill_vec(&mut row, left.min(self.row_bytes))?;
        self.at += row.len() as u64;
        self.packets.interleaver.add(&row, None, false);
        Ok(left > 0)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        (framer.left() == 0 && self.packets.is_empty()).then_some(self.at)
    }

    fn seek(&mut self, position: u64) {
        self.packets.clear();
        self.at = position;
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.input.len())
    }
}
