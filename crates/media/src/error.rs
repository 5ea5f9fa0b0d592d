//! Errors of a conversion.

use std::io;
use std::time::Duration;

use tonearm_media_core::FileError;

use tonearm_encoder_api::EncoderError;

/// `Result` with this crate's error.
pub(crate) type Result<T, E = MediaError> = std::result::Result<T, E>;

/// Why a file cannot be converted.
///
/// An error of the file or of the request is permanent, since the same bytes always fail
/// alike; an error of the reader, the sink or the encoder is worth a retry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// An error of the file or of its reader.
    #[error(transparent)]
    File(#[from] FileError),
    /// The requested part begins at or after the end of the audio.
    #[error(
        "The part that was asked for begins at or after the end of the sound, which lasts {:.1} \
         seconds.",
        length.as_secs_f64()
    )]
    NothingSelected {
        /// Length of the audio.
        length: Duration,
    },
    /// The sink failed.
    #[error("The converted file could not be stored.")]
    Write(#[source] io::Error),
    /// The encoder failed or refused its settings.
    #[error("The sound could not be encoded.")]
    Encode(#[source] EncoderError),
    /// The progress callback stopped the conversion.
    #[error("The conversion was stopped.")]
    Stopped,
}

impl MediaError {
    /// The error of a file whose content contradicts itself.
    pub const fn damaged(detail: &'static str) -> Self {
        Self::File(FileError::Damaged { detail })
    }

    /// A stable name of this kind of error in snake_case, for problem documents, logs and
    /// metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::NothingSelected { .. } => "nothing_selected",
            Self::Write(_) => "media_write_failed",
            Self::Encode(_) => "encoder_failed",
            Self::Stopped => "conversion_stopped",
        }
    }

    /// Whether every further attempt would fail alike.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::File(error) => error.is_permanent(),
            Self::NothingSelected { .. } => true,
            Self::Write(_) | Self::Encode(_) | Self::Stopped => false,
        }
    }
}
