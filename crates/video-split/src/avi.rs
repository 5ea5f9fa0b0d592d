//! AVI: chunks, where an id ending in `dc` or `db` marks video.

use serde::{Deserialize, Serialize};

use crate::format::{Action, Format};
use crate::kind::{Kind, MIN_VIDEO_BYTES};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Avi;

impl Format for Avi {
    fn next(&mut self, _: u64, peeked: &[u8]) -> Action {
        let (id, size) = match peeked {
            // The chunks of a list are read as if they were at the top level.
            [b'R', b'I', b'F', b'F', ..] | [b'L', b'I', b'S', b'T', ..] if peeked.len() >= 8 => {
                return match peeked.len() {
                    12.. => Action::Emit(0, Kind::Other),
                    _ => Action::Peek(12),
                };
            }
            &[a, b, c, d, e, f, g, h] => ([a, b, c, d], u32::from_le_bytes([e, f, g, h])),
            _ => return Action::Peek(8),
        };
        // Chunks are padded to even offsets.
        let bytes = u64::from(size) + u64::from(size & 1);
        let kind = match id {
            [_, _, b'd', b'c' | b'b'] if bytes >= MIN_VIDEO_BYTES => Kind::Video,
            _ => Kind::Other,
        };
        Action::Emit(bytes, kind)
    }
}
