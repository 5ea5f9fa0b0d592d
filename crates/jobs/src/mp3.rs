//! The result of a conversion.

use std::time::Duration;

use crate::{AudioTrack, Failure};

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
    /// The audio tracks of the upload.
    pub tracks: Vec<AudioTrack>,
    /// Warnings about them for the owner of the file.
    pub track_warnings: Vec<Failure>,
}

impl Mp3 {
    /// All warnings for the owner of the file.
    pub fn warnings(&self) -> Vec<Failure> {
        let mut all = self.damage.warnings();
        all.extend_from_slice(&self.track_warnings);
        all
    }
}

/// Damage of an upload that was converted nevertheless.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// The file is truncated: the MP3 ends where the file does.
    pub is_cut_off: bool,
    /// Audio packets that could not be decoded and became silence.
    pub silent_packets: u64,
    /// Length of that silence.
    pub silent: Duration,
    /// Length of the gaps between packets, which became silence.
    pub gaps: Duration,
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
        let silent = seconds(self.silent);
        match self.silent_packets {
            0 => {}
            1 => warnings.push(Failure::new(
                "source_damaged",
                format!("One packet of sound could not be read: {silent} of the MP3 are silent."),
            )),
            count => warnings.push(Failure::new(
                "source_damaged",
                format!(
                    "{count} packets of sound could not be read: {silent} of the MP3 are silent."
                ),
            )),
        }
        if self.gaps >= MIN_GAPS {
            warnings.push(Failure::new(
                "source_gaps",
                format!(
                    "The sound of the file has gaps of {} in all, which are silent in the MP3.",
                    seconds(self.gaps)
                ),
            ));
        }
        warnings
    }
}

/// Shorter gaps are not worth a warning.
const MIN_GAPS: Duration = Duration::from_millis(100);

/// A length in seconds, rounded up to a hundredth below a second, else rounded to a tenth.
fn seconds(length: Duration) -> String {
    let milliseconds = length.as_millis();
    match milliseconds {
        0..1000 => format!("0.{:02} seconds", milliseconds.div_ceil(10).min(99)),
        _ => {
            let tenths = (milliseconds + 50) / 100;
            format!("{}.{} seconds", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_state_how_much_is_silent() {
        let damage = Damage {
            silent_packets: 1,
            silent: Duration::from_micros(21_333),
            ..Damage::default()
        };
        let messages = |damage: Damage| {
            let warnings = damage.warnings().into_iter();
            warnings.map(|warning| warning.message).collect::<Vec<_>>()
        };
        assert_eq!(
            messages(damage),
            ["One packet of sound could not be read: 0.03 seconds of the MP3 are silent."]
        );
        let damage = Damage {
            silent_packets: 200,
            silent: Duration::from_millis(3_240),
            gaps: Duration::from_millis(99),
            ..Damage::default()
        };
        assert_eq!(
            messages(damage),
            ["200 packets of sound could not be read: 3.2 seconds of the MP3 are silent."]
        );
        let damage = Damage {
            gaps: Duration::from_secs(600),
            ..Damage::default()
        };
        assert_eq!(
            messages(damage),
            [
                "The sound of the file has gaps of 600.0 seconds in all, which are silent in the MP3."
            ]
        );
    }
}
