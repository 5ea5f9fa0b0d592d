//! What a conversion made.

use std::time::Duration;

use crate::Failure;

/// A finished MP3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mp3 {
    /// Name of the blob that holds it.
    pub blob: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Playing time.
    pub duration: Duration,
    /// What was wrong with the upload.
    pub damage: Damage,
}

/// What was wrong with a file that was converted all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// It ends in the middle of something: the MP3 has what comes before.
    pub is_cut_off: bool,
    /// Packets of sound that could not be decoded, each of which became silence.
    pub silent_packets: u64,
}

impl Damage {
    /// What the file's owner is told, worst first.
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
