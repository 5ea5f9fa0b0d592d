//! FLV: a header, then tags, each with the length of the one before in front of it.

use crate::MIN_PICTURE;
use crate::format::{Format, Step};
use crate::pictures::Kind;

/// Bytes of the header of a file, which says its length itself: it was never another.
const HEADER: usize = 9;
/// Bytes before what a tag holds, the length of the one before included.
const TAG: usize = 15;
/// The type of a tag that holds a picture.
const VIDEO: u8 = 9;

#[derive(Debug, Default)]
pub(crate) struct Flv {
    is_past_header: bool,
}

impl Format for Flv {
    fn next(&mut self, _: u64, head: &[u8]) -> Step {
        let before = if self.is_past_header { 0 } else { HEADER };
        let Some(&[_, _, _, _, tag, a, b, c, ..]) = head.get(before..before + TAG) else {
            return Step::Look(before + TAG);
        };
        if before > 0 && head.get(5..HEADER) != Some(&[0, 0, 0, HEADER as u8]) {
            return Step::GiveUp;
        }
        self.is_past_header = true;
        let bytes = u64::from(u32::from_be_bytes([0, a, b, c]));
        let kind = match tag & 0x1f {
            VIDEO if bytes >= MIN_PICTURE => Kind::Picture,
            _ => Kind::Rest,
        };
        Step::Pass(bytes, kind)
    }
}
