//! Detects the container from its first bytes.

use serde::{Deserialize, Serialize};

use crate::any_format::AnyFormat;
use crate::avi::Avi;
use crate::flv::Flv;
use crate::format::{Action, Format};
use crate::matroska::Matroska;
use crate::mp4::Mp4;

/// The parser of a file whose container is not known yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Probe;

/// Types of the boxes that an MP4 file may begin with.
const FIRST_BOXES: [&[u8; 4]; 8] = [
    b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp",
];

impl Format for Probe {
    fn next(&mut self, _: u64, peeked: &[u8]) -> Action {
        match peeked {
            [] | [_] | [_, _] | [_, _, _] => Action::Peek(4),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => {
                Action::Become(AnyFormat::Matroska(Matroska::default()))
            }
            [b'F', b'L', b'V', 1, ..] => Action::Become(AnyFormat::Flv(Flv::default())),
            [b'R', b'I', b'F', b'F', _, _, _, _, form @ ..] => match form {
                b"AVI " => Action::Become(AnyFormat::Avi(Avi)),
                [_, _, _, _, ..] => Action::GiveUp,
                _ => Action::Peek(12),
            },
            [_, _, _, _, box_type @ ..] if box_type.len() == 4 => {
                match FIRST_BOXES.iter().any(|name| box_type == *name) {
                    true => Action::Become(AnyFormat::Mp4(Mp4::default())),
                    false => Action::GiveUp,
                }
            }
            _ => Action::Peek(8),
        }
    }
}
