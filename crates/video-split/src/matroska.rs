//! Matroska and WebM: elements in elements (RFC 9559). Those that hold others are
//! entered and never left, so that nothing has to be known of where they end.

use crate::MIN_PICTURE;
use crate::format::{Format, Step};
use crate::pictures::Kind;

// Elements that hold others.
const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const CLUSTER: u32 = 0x1f43_b675;
const BLOCK_GROUP: u32 = 0xa0;
// Elements that are looked at.
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const SIMPLE_BLOCK: u32 = 0xa3;
const BLOCK: u32 = 0xa1;

/// The type of a track of pictures.
const VIDEO: u64 = 1;
/// Most bytes of a number.
const LONGEST_NUMBER: u64 = 8;

#[derive(Debug, Default)]
pub(crate) struct Matroska {
    /// What is known of the track whose entry this is.
    number: Option<u64>,
    is_video: bool,
    /// Tracks of pictures, a bit each: a block tells the first 127 in one byte.
    pictures: u128,
}

impl Format for Matroska {
    fn next(&mut self, _: u64, head: &[u8]) -> Step {
        let Some(&first) = head.first() else {
            return Step::Look(1);
        };
        // An id keeps the bit that tells its length.
        let id_bytes = first.leading_zeros() as usize + 1;
        if id_bytes > 4 {
            return Step::GiveUp;
        }
        let Some(&size_first) = head.get(id_bytes) else {
            return Step::Look(id_bytes + 1);
        };
        let size_bytes = size_first.leading_zeros() as usize + 1;
        let header = id_bytes + size_bytes;
        if size_bytes > 8 {
            return Step::GiveUp;
        }
        let Some(size) = head.get(id_bytes..header) else {
            return Step::Look(header);
        };
        let id = head.iter().take(id_bytes);
        let id = id.fold(0, |id, &byte| id << 8 | u32::from(byte));
        let known = (1 << (7 * size_bytes)) - 1;
        let size = number(size) & known;
        let body = head.get(header..).unwrap_or_default();
        match id {
            SEGMENT | TRACKS | CLUSTER | BLOCK_GROUP => Step::Pass(0, Kind::Rest),
            TRACK_ENTRY => {
                (self.number, self.is_video) = (None, false);
                Step::Pass(0, Kind::Rest)
            }
            _ if size == known => Step::GiveUp,
            TRACK_NUMBER | TRACK_TYPE if size <= LONGEST_NUMBER => {
                if (body.len() as u64) < size {
                    return Step::Look(header + size as usize);
                }
                match id {
                    TRACK_NUMBER => self.number = Some(number(body)),
                    _ => self.is_video = number(body) == VIDEO,
                }
                if let (Some(number @ 1..=126), true) = (self.number, self.is_video) {
                    self.pictures |= 1 << number;
                }
                Step::Pass(0, Kind::Rest)
            }
            SIMPLE_BLOCK | BLOCK if size >= MIN_PICTURE => match body {
                [] => Step::Look(header + 1),
                [track, ..] => {
                    let is_picture = track & 0x80 != 0 && self.pictures >> (track & 0x7f) & 1 == 1;
                    let kind = match is_picture {
                        true => Kind::Picture,
                        false => Kind::Rest,
                    };
                    Step::Pass(size - body.len() as u64, kind)
                }
            },
            _ => Step::Pass(size, Kind::Rest),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
