//! All container parsers as one type, so that the state of a parser can be kept.

use serde::{Deserialize, Serialize};

use crate::avi::Avi;
use crate::flv::Flv;
use crate::format::{Action, Format};
use crate::matroska::Matroska;
use crate::mp4::Mp4;
use crate::probe::Probe;

/// The parser of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum AnyFormat {
    Probe(Probe),
    Mp4(Mp4),
    Matroska(Matroska),
    Avi(Avi),
    Flv(Flv),
}

impl AnyFormat {
    /// What is wrong with a state that was kept.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Mp4(mp4) => mp4.check(),
            Self::Probe(_) | Self::Matroska(_) | Self::Avi(_) | Self::Flv(_) => Ok(()),
        }
    }
}

impl Format for AnyFormat {
    fn next(&mut self, offset: u64, peeked: &[u8]) -> Action {
        match self {
            Self::Probe(format) => format.next(offset, peeked),
            Self::Mp4(format) => format.next(offset, peeked),
            Self::Matroska(format) => format.next(offset, peeked),
            Self::Avi(format) => format.next(offset, peeked),
            Self::Flv(format) => format.next(offset, peeked),
        }
    }

    fn skip_mismatches(&self, bytes: &[u8]) -> usize {
        match self {
            Self::Probe(format) => format.skip_mismatches(bytes),
            Self::Mp4(format) => format.skip_mismatches(bytes),
            Self::Matroska(format) => format.skip_mismatches(bytes),
            Self::Avi(format) => format.skip_mismatches(bytes),
            Self::Flv(format) => format.skip_mismatches(bytes),
        }
    }
}
