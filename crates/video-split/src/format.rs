//! What every container is asked, and which it is.

use std::fmt::Debug;

use crate::avi::Avi;
use crate::flv::Flv;
use crate::matroska::Matroska;
use crate::mp4::Mp4;
use crate::pictures::Kind;

/// A walk through a film from its first byte to its last.
pub(crate) trait Format: Debug {
    /// What comes next, where the bytes of `head` begin at `at`. `head` is empty at
    /// first; it is what was looked at before and was not enough, and what follows it.
    fn next(&mut self, at: u64, head: &[u8]) -> Step;

    /// How many of these bytes are not worth a look, after [`Step::Scan`]. Those that are
    /// too near to the end to tell are.
    fn scan(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Ask again when the head has so many bytes: more than now, [`LONGEST_LOOK`] at most.
    Look(usize),
    /// The head has told what it had to. So many bytes behind it are of this kind.
    Pass(u64, Kind),
    /// The head is nothing. Ask again behind its first byte, where something is worth a
    /// look, or at this place in the film.
    Scan(u64),
    /// Ask this one, with the same head.
    Become(Box<dyn Format>),
    /// No more is to be found.
    GiveUp,
}

/// The most that is looked at.
pub(crate) const LONGEST_LOOK: usize = 24;

/// A container that is to be recognised.
#[derive(Debug)]
pub(crate) struct Unknown;

/// Boxes that an MP4 may begin with.
const BOXES: [&[u8; 4]; 8] = [
    b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp",
];

impl Format for Unknown {
    fn next(&mut self, _: u64, head: &[u8]) -> Step {
        match head {
            [] | [_] | [_, _] | [_, _, _] => Step::Look(4),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Step::Become(Box::<Matroska>::default()),
            [b'F', b'L', b'V', 1, ..] => Step::Become(Box::<Flv>::default()),
            [b'R', b'I', b'F', b'F', _, _, _, _, form @ ..] => match form {
                b"AVI " => Step::Become(Box::new(Avi)),
                [_, _, _, _, ..] => Step::GiveUp,
                _ => Step::Look(12),
            },
            [_, _, _, _, kind @ ..] if kind.len() == 4 => {
                match BOXES.iter().any(|name| kind == *name) {
                    true => Step::Become(Box::<Mp4>::default()),
                    false => Step::GiveUp,
                }
            }
            _ => Step::Look(8),
        }
    }
}
