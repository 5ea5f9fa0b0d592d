//! The result of a conversion.

use std::time::Duration;

use crate::Failure;

/// A finished MP3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mp3 {
    /// Name of the blob that holds it.
    pub blob: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Duration.
    pub duration: Duration,
    /// What was damaged in the upload.
    pub damage: Damage,
}

/// Damage of an upload that was converted nevertheless.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// The file is truncated: the MP3 ends where the file does.
    pub is_cut_off: bool,
    /// Audio packets that could not be decoded and became silence.
    pub silent_packets: u64,
}

impl Damage {
    /// The warnings for the owner of the file, worst first.
    pub fn warnings(self) -> Vec<Failure> {
        let mut warnings = Vec::new();
        if self.is_cut_off {
            warnings.push(Failure::new(
                "source_cut_off",
                "The file was cut off. The MP3 has the sound up to there.",
            ));
        }
        match self.silent_packets {
            0 => {}
            1 => warnings.push(Failure::new(
                "source_damaged",
                "One packet of sound was damaged and is silent in the MP3.",
            )),
            count => warnings.push(Failure::new(
                "source_damaged",
                format!("{count} packets of sound were damaged and are silent in the MP3."),
            )),
        }
        warnings
    }
}
