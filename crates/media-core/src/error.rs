//! The reasons for refusing a file, in words that users understand.
//!
//! An error of the file is permanent, since the same bytes always fail alike; an error of
//! the reader is worth a retry. Messages never contain bytes of the file, only names and
//! numbers that this code chose.

use std::fmt;
use std::io;

/// `Result` with this crate's error.
pub type Result<T, E = FileError> = std::result::Result<T, E>;

/// The limit of [`Limits`](crate::Limits) that a file exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Size of the file in bytes.
    Bytes,
    /// Length of the audio in seconds.
    Seconds,
    /// Channels of the audio track.
    Channels,
    /// Sample rate of the audio track in Hz.
    SampleRate,
    /// Decoded samples of all channels.
    Samples,
    /// Boxes, elements, table entries and packets of the container.
    Items,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes",
            Self::Seconds => "seconds of sound",
            Self::Channels => "channels",
            Self::SampleRate => "Hz sample rate",
            Self::Samples => "decoded samples",
            Self::Items => "parts of the container",
        })
    }
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file is empty, or its signature is unknown.
    #[error("The file is not a video or audio file that we recognise.")]
    NotMedia,
    /// A media file in an unsupported container.
    #[error("The file is {name}, a format that we cannot read.")]
    UnsupportedContainer {
        /// The container's usual name, with its article: "an AVI file".
        name: &'static str,
    },
    /// A media file without any audio track.
    #[error("The file has no audio track.")]
    NoAudioTrack,
    /// No audio track matches the selector.
    #[error("The file has no such audio track. It has these: {tracks}.")]
    NoSuchTrack {
        /// Number, codec and language of each: "1 (AAC, eng), 2 (AC-3, deu)".
        tracks: String,
    },
    /// There is no decoder for the codec of the selected track.
    #[error("The sound of the file is coded as {name}, which we cannot decode.")]
    UnsupportedCodec {
        /// The codec's usual name, or its FourCC.
        name: String,
    },
    /// The edit list of the track plays a part at another speed.
    #[error("{}", speed(*percent))]
    UnsupportedSpeed {
        /// The speed in percent of the normal one; 0 if a moment is held.
        percent: u32,
    },
    /// The file contradicts itself, and nothing could be decoded.
    #[error("The file is damaged or incomplete ({detail}).")]
    Damaged {
        /// For the log: what was being read.
        detail: &'static str,
    },
    /// The file exceeds a limit.
    #[error("The file is too large: the limit is {limit} {what}.")]
    OverLimit {
        /// The quantity that is limited.
        what: Limit,
        /// The limit, in the unit of `what`.
        limit: u64,
    },
    /// The reader failed.
    #[error("The uploaded file could not be read.")]
    Read(#[source] io::Error),
}

fn speed(percent: u32) -> String {
    match percent {
        0 => {
            "The edit list of the file holds a moment of the sound, which we cannot do.".to_owned()
        }
        percent => format!(
            "The edit list of the file plays the sound at {percent} % of its speed, which we cannot do."
        ),
    }
}

impl FileError {
    /// A stable name of this kind of error in snake_case, for problem documents, logs and
    /// metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotMedia => "not_media",
            Self::UnsupportedContainer { .. } => "unsupported_container",
            Self::NoAudioTrack => "no_audio_track",
            Self::NoSuchTrack { .. } => "no_such_track",
            Self::UnsupportedCodec { .. } => "unsupported_codec",
            Self::UnsupportedSpeed { .. } => "unsupported_speed",
            Self::Damaged { .. } => "damaged_media",
            Self::OverLimit { .. } => "media_over_budget",
            Self::Read(_) => "media_read_failed",
        }
    }

    /// Whether every further attempt would fail alike.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NotMedia
            | Self::UnsupportedContainer { .. }
            | Self::NoAudioTrack
            | Self::NoSuchTrack { .. }
            | Self::UnsupportedCodec { .. }
            | Self::UnsupportedSpeed { .. }
            | Self::Damaged { .. }
            | Self::OverLimit { .. } => true,
            Self::Read(_) => false,
        }
    }
}
