//! Why a conversion fails: for the file, or for what is around it.

use std::io;
use std::time::Duration;

use tonearm_media_core::FileError;

use tonearm_encoder_api::EncoderError;

/// `Result` with this crate's error.
pub(crate) type Result<T, E = MediaError> = std::result::Result<T, E>;

/// Why a file cannot be converted, or could not be this time.
///
/// A fault of the file or of the request is permanent, since the same bytes fail the
/// same way again; a fault of the reader, the sink or the encoder is worth a retry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The file itself, or reading it.
    #[error(transparent)]
    File(#[from] FileError),
    /// The part that was asked for begins after the end of the audio.
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
    /// The progress callback asked to stop.
    #[error("The conversion was stopped.")]
    Stopped,
}

impl MediaError {
    /// The error of a file whose content contradicts itself.
    pub const fn damaged(detail: &'static str) -> Self {
        Self::File(FileError::Damaged { detail })
    }

    /// A name for this kind of error that never changes, in snake_case: for
    /// problem documents, logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::NothingSelected { .. } => "nothing_selected",
            Self::Write(_) => "media_write_failed",
            Self::Encode(_) => "encoder_failed",
            Self::Stopped => "conversion_stopped",
        }
    }

    /// Whether the same file can never be converted, so that a retry is pointless.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::File(error) => error.is_permanent(),
            Self::NothingSelected { .. } => true,
            Self::Write(_) | Self::Encode(_) | Self::Stopped => false,
        }
    }
}
