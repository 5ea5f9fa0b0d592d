//! What users read, kept in a snapshot.

use std::io;
use std::time::Duration;

use tonearm_media::{EncoderError, Limit, MediaError};

#[test]
fn every_error_has_a_code_and_a_sentence() {
    let errors = [
        MediaError::NotMedia,
        MediaError::UnsupportedContainer {
            name: "an AVI file",
        },
        MediaError::NoAudioTrack,
        MediaError::NoSuchTrack {
            tracks: "1 (AAC, eng), 2 (AC-3, deu)".to_owned(),
        },
        MediaError::UnsupportedCodec {
            name: "DTS".to_owned(),
        },
        MediaError::Damaged {
            detail: "none of its sound could be decoded",
        },
        MediaError::NothingSelected {
            length: Duration::from_millis(3_217),
        },
        MediaError::OverBudget {
            what: Limit::Seconds,
            limit: 43_200,
        },
        MediaError::Read(io::Error::other("locked")),
        MediaError::Write(io::Error::other("full")),
        MediaError::Encode(EncoderError::Finished),
        MediaError::Stopped,
    ];
    let lines = errors.map(|error| {
        let permanence = if error.is_permanent() {
            "permanent"
        } else {
            "transient"
        };
        format!("{} ({permanence}): {error}", error.code())
    });
    insta::assert_snapshot!(lines.join("\n"));
}
