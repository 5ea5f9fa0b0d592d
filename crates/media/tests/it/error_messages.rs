//! The error messages that users see, in a snapshot.

use std::io;
use std::time::Duration;

use tonearm_media::{EncoderError, FileError, Limit, MediaError};

#[test]
fn every_error_has_a_code_and_a_message() {
    let errors = [
        FileError::NotMedia.into(),
        FileError::UnsupportedContainer {
            name: "an AVI file",
        }
        .into(),
        FileError::NoAudioTrack.into(),
        FileError::NoSuchTrack {
            tracks: "1 (AAC, eng), 2 (AC-3, deu)".to_owned(),
        }
        .into(),
        FileError::UnsupportedCodec {
            name: "DTS".to_owned(),
        }
        .into(),
        FileError::UnsupportedSpeed { percent: 50 }.into(),
        FileError::UnsupportedSpeed { percent: 0 }.into(),
        FileError::Damaged {
            detail: "none of its sound could be decoded",
        }
        .into(),
        MediaError::NothingSelected {
            length: Duration::from_millis(3_217),
        },
        FileError::OverLimit {
            what: Limit::Seconds,
            limit: 43_200,
        }
        .into(),
        FileError::Read(io::Error::other("locked")).into(),
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
