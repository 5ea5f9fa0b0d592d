//! Matroska and WebM: nested elements (RFC 9559). The parser reads the children of a
//! master element as if they were its siblings, so it need not track where one ends.

use serde::{Deserialize, Serialize};

use crate::format::{Action, Format};
use crate::kind::{Kind, MIN_VIDEO_BYTES};

// Master elements.
const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const CLUSTER: u32 = 0x1f43_b675;
const BLOCK_GROUP: u32 = 0xa0;
// Elements whose content is parsed.
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const SIMPLE_BLOCK: u32 = 0xa3;
const BLOCK: u32 = 0xa1;

/// The track type of video.
const VIDEO: u64 = 1;
/// Maximum length of an integer, in bytes.
const MAX_INTEGER_BYTES: u64 = 8;

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matroska {
    /// Number of the track whose entry is being read.
    number: Option<u64>,
    /// Whether that track is video.
    is_video: bool,
    /// Bit set of the video tracks. A block encodes track numbers up to 126 in one byte;
    /// higher numbers are not classified.
    video_tracks: u128,
}

impl Format for Matroska {
    fn next(&mut self, _: u64, peeked: &[u8]) -> Action {
        let Some(&first) = peeked.first() else {
            return Action::Peek(1);
        };
        // The leading zeros of an id give its length; the marker bit is part of the id.
        let id_bytes = first.leading_zeros() as usize + 1;
        if id_bytes > 4 {
            return Action::GiveUp;
        }
        let Some(&size_first) = peeked.get(id_bytes) else {
            return Action::Peek(id_bytes + 1);
        };
        let size_bytes = size_first.leading_zeros() as usize + 1;
        let header = id_bytes + size_bytes;
        if size_bytes > 8 {
            return Action::GiveUp;
        }
        let Some(size) = peeked.get(id_bytes..header) else {
            return Action::Peek(header);
        };
        let id = peeked.iter().take(id_bytes);
        let id = id.fold(0, |id, &byte| id << 8 | u32::from(byte));
        let unknown_size = (1 << (7 * size_bytes)) - 1;
        let size = number(size) & unknown_size;
        let body = peeked.get(header..).unwrap_or_default();
        match id {
            SEGMENT | TRACKS | CLUSTER | BLOCK_GROUP => Action::Emit(0, Kind::Other),
            TRACK_ENTRY => {
                (self.number, self.is_video) = (None, false);
                Action::Emit(0, Kind::Other)
            }
            _ if size == unknown_size => Action::GiveUp,
            TRACK_NUMBER | TRACK_TYPE if size <= MAX_INTEGER_BYTES => {
                if (body.len() as u64) < size {
                    return Action::Peek(header + size as usize);
                }
                match id {
                    TRACK_NUMBER => self.number = Some(number(body)),
                    _ => self.is_video = number(body) == VIDEO,
                }
                if let (Some(number @ 1..=126), true) = (self.number, self.is_video) {
                    self.video_tracks |= 1 << number;
                }
                Action::Emit(0, Kind::Other)
            }
            SIMPLE_BLOCK | BLOCK if size >= MIN_VIDEO_BYTES => match body {
                [] => Action::Peek(header + 1),
                [track, ..] => {
                    let is_video =
                        track & 0x80 != 0 && self.video_tracks >> (track & 0x7f) & 1 == 1;
                    let kind = match is_video {
                        true => Kind::Video,
                        false => Kind::Other,
                    };
                    Action::Emit(size - body.len() as u64, kind)
                }
            },
            _ => Action::Emit(size, Kind::Other),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
