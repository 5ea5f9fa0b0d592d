//! MP4 and MOV: boxes, of which `mdat` holds pictures and sound in whatever order. What
//! is where is said by `moov`, which may be behind it; so pictures are recognised by
//! what they begin with.

use crate::MIN_PICTURE;
use crate::coded;
use crate::format::{Format, Step};
use crate::known::Known;
use crate::pictures::Kind;

#[derive(Debug, Default)]
pub(crate) struct Mp4 {
    /// Where the `mdat` ends that this is in.
    mdat_end: Option<u64>,
    known: Known,
}

impl Format for Mp4 {
    fn next(&mut self, at: u64, head: &[u8]) -> Step {
        match self.mdat_end {
            Some(end) if at < end => self.within_mdat(at, end, head),
            _ => self.box_header(at, head),
        }
    }

    fn scan(&self, bytes: &[u8]) -> usize {
        coded::find(bytes)
    }
}

impl Mp4 {
    fn box_header(&mut self, at: u64, head: &[u8]) -> Step {
        let Some((&[a, b, c, d, ref kind @ ..], behind)) = head.split_first_chunk::<8>() else {
            return Step::Look(8);
        };
        let size = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of the file.
            0 => u64::MAX,
            1 => match behind.first_chunk() {
                Some(&size) => u64::from_be_bytes(size),
                None => return Step::Look(16),
            },
            size => u64::from(size),
        };
        let Some(left) = size.checked_sub(head.len() as u64) else {
            return Step::GiveUp;
        };
        if kind == b"mdat" {
            self.mdat_end = Some(at.saturating_add(size));
            return Step::Pass(0, Kind::Rest);
        }
        Step::Pass(left, Kind::Rest)
    }

    fn within_mdat(&mut self, at: u64, end: u64, head: &[u8]) -> Step {
        let left = end - at;
        if left < MIN_PICTURE {
            return Step::Pass(left - head.len() as u64, Kind::Rest);
        }
        let Some(start) = head.first_chunk() else {
            return match head {
                [] if !self.known.is_behind(at) => Step::Scan(end),
                _ => Step::Look(coded::LOOK),
            };
        };
        match coded::start(start) {
            Some(start) if self.known.believe(at, start, left) => {
                Step::Pass(start.bytes - head.len() as u64, Kind::Picture)
            }
            _ => Step::Scan(end),
        }
    }
}
