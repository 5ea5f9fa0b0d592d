//! MP4 and MOV: boxes, of which `mdat` holds video and audio in any order. The index,
//! `moov`, may come after it, so video frames are recognised by their first bytes.

use serde::{Deserialize, Serialize};

use crate::format::{Action, Format};
use crate::frame_filter::FrameFilter;
use crate::frame_start;
use crate::kind::{Kind, MIN_VIDEO_BYTES};

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mp4 {
    /// End offset of the latest `mdat`.
    mdat_end: Option<u64>,
    filter: FrameFilter,
}

impl Format for Mp4 {
    fn next(&mut self, offset: u64, peeked: &[u8]) -> Action {
        match self.mdat_end {
            Some(end) if offset < end => self.within_mdat(offset, end, peeked),
            _ => self.box_header(offset, peeked),
        }
    }

    fn skip_mismatches(&self, bytes: &[u8]) -> usize {
        frame_start::find(bytes)
    }
}

impl Mp4 {
    /// What is wrong with a state that was kept.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        self.filter.check()
    }

    fn box_header(&mut self, offset: u64, peeked: &[u8]) -> Action {
        let Some((&[a, b, c, d, ref box_type @ ..], rest)) = peeked.split_first_chunk::<8>() else {
            return Action::Peek(8);
        };
        let size = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of the file.
            0 => u64::MAX,
            1 => match rest.first_chunk() {
                Some(&size) => u64::from_be_bytes(size),
                None => return Action::Peek(16),
            },
            size => u64::from(size),
        };
        let Some(left) = size.checked_sub(peeked.len() as u64) else {
            return Action::GiveUp;
        };
        if box_type == b"mdat" {
            self.mdat_end = Some(offset.saturating_add(size));
            return Action::Emit(0, Kind::Other);
        }
        Action::Emit(left, Kind::Other)
    }

    fn within_mdat(&mut self, offset: u64, end: u64, peeked: &[u8]) -> Action {
        let left = end - offset;
        if left < MIN_VIDEO_BYTES {
            return Action::Emit(left.saturating_sub(peeked.len() as u64), Kind::Other);
        }
        let Some(start) = peeked.first_chunk() else {
            return match peeked {
                [] if !self.filter.ended_at(offset) => Action::Scan(end),
                _ => Action::Peek(frame_start::BYTES),
            };
        };
        match frame_start::parse(start) {
            Some(start) if self.filter.accept(offset, start, left) => {
                Action::Emit(start.bytes - peeked.len() as u64, Kind::Video)
            }
            _ => Action::Scan(end),
        }
    }
}
