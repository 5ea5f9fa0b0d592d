//! FLV: a header, then tags, each preceded by the length of the previous one.

use serde::{Deserialize, Serialize};

use crate::format::{Action, Format};
use crate::kind::{Kind, MIN_VIDEO_BYTES};

/// Length of the file header. The header contains its own length, which has only ever had
/// this value.
const HEADER: usize = 9;
/// Bytes in front of a tag's body, including the length of the previous tag.
const TAG: usize = 15;
/// The type of a video tag.
const VIDEO: u8 = 9;

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flv {
    is_past_header: bool,
}

impl Format for Flv {
    fn next(&mut self, _: u64, peeked: &[u8]) -> Action {
        let before = if self.is_past_header { 0 } else { HEADER };
        let Some(&[_, _, _, _, tag, a, b, c, ..]) = peeked.get(before..before + TAG) else {
            return Action::Peek(before + TAG);
        };
        if before > 0 && peeked.get(5..HEADER) != Some(&[0, 0, 0, HEADER as u8]) {
            return Action::GiveUp;
        }
        self.is_past_header = true;
        let bytes = u64::from(u32::from_be_bytes([0, a, b, c]));
        let kind = match tag & 0x1f {
            VIDEO if bytes >= MIN_VIDEO_BYTES => Kind::Video,
            _ => Kind::Other,
        };
        Action::Emit(bytes, kind)
    }
}
