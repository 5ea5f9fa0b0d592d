//! AVI: chunks, of which those of pictures have names that end in `dc` or `db`.

use crate::MIN_PICTURE;
use crate::format::{Format, Step};
use crate::pictures::Kind;

#[derive(Debug)]
pub(crate) struct Avi;

impl Format for Avi {
    fn next(&mut self, _: u64, head: &[u8]) -> Step {
        let (name, size) = match head {
            // What is in a list follows as if it were in none.
            [b'R', b'I', b'F', b'F', ..] | [b'L', b'I', b'S', b'T', ..] if head.len() >= 8 => {
                return match head.len() {
                    12.. => Step::Pass(0, Kind::Rest),
                    _ => Step::Look(12),
                };
            }
            &[a, b, c, d, e, f, g, h] => ([a, b, c, d], u32::from_le_bytes([e, f, g, h])),
            _ => return Step::Look(8),
        };
        // Chunks begin at even places.
        let bytes = u64::from(size) + u64::from(size & 1);
        let kind = match name {
            [_, _, b'd', b'c' | b'b'] if bytes >= MIN_PICTURE => Kind::Picture,
            _ => Kind::Rest,
        };
        Step::Pass(bytes, kind)
    }
}
