//! Why a file is refused, in words a user understands.
//!
//! A fault of the file is permanent, since the same bytes fail the same way again;
//! a fault of the reader is worth a retry. The text never contains bytes of the
//! file, only names and numbers that our code chose.

use std::fmt;
use std::io;

/// `Result` with this crate's error.
pub type Result<T, E = FileError> = std::result::Result<T, E>;

/// Which limit of [`Limits`](crate::Limits) a file exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Size of the file in bytes.
    Bytes,
    /// Length of the sound in seconds.
    Seconds,
    /// Channels of the audio track.
    Channels,
    /// Sample rate of the audio track in Hz.
    SampleRate,
    /// Samples that come out of the decoder, over all channels.
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

/// Why a file cannot be read, or could not be this time.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Empty, or no container that is known by its first bytes.
    #[error("The file is not a video or audio file that we recognise.")]
    NotMedia,
    /// A media file, in a container that is not read.
    #[error("The file is {name}, a format that we cannot read.")]
    UnsupportedContainer {
        /// The container's usual name, with its article: "an AVI file".
        name: &'static str,
    },
    /// A media file without any audio track.
    #[error("The file has no audio track.")]
    NoAudioTrack,
    /// A media file with audio tracks, of which none is the one that was asked
    /// for.
    #[error("The file has no such audio track. It has these: {tracks}.")]
    NoSuchTrack {
        /// Number, codec and language of each: "1 (AAC, eng), 2 (AC-3, deu)".
        tracks: String,
    },
    /// The chosen audio track is of a codec that has no decoder here.
    #[error("The sound of the file is coded as {name}, which we cannot decode.")]
    UnsupportedCodec {
        /// The codec's usual name, or its four characters as the file has them.
        name: String,
    },
    /// The container or the codec's data contradicts itself, and nothing could
    /// be decoded.
    #[error("The file is damaged or incomplete ({detail}).")]
    Damaged {
        /// For the log: what was being read.
        detail: &'static str,
    },
    /// The file asks for more than the budget allows.
    #[error("The file is too large: the limit is {limit} {what}.")]
    OverLimit {
        /// What there is too much of.
        what: Limit,
        /// The limit, in the unit of `what`.
        limit: u64,
    },
    /// The reader failed.
    #[error("The uploaded file could not be read.")]
    Read(#[source] io::Error),
}

impl FileError {
    /// A name for this kind of error that never changes, in snake_case: for
    /// problem documents, logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotMedia => "not_media",
            Self::UnsupportedContainer { .. } => "unsupported_container",
            Self::NoAudioTrack => "no_audio_track",
            Self::NoSuchTrack { .. } => "no_such_track",
            Self::UnsupportedCodec { .. } => "unsupported_codec",
            Self::Damaged { .. } => "damaged_media",
            Self::OverLimit { .. } => "media_over_budget",
            Self::Read(_) => "media_read_failed",
        }
    }

    /// Whether the same file can never be converted, so that another try is
    /// pointless.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NotMedia
            | Self::UnsupportedContainer { .. }
            | Self::NoAudioTrack
            | Self::NoSuchTrack { .. }
            | Self::UnsupportedCodec { .. }
            | Self::Damaged { .. }
            | Self::OverLimit { .. } => true,
            Self::Read(_) => false,
        }
    }
}
