//! Refusals of resumable uploads. The protocol defines their statuses.

use crate::problem_kind::{self as kind, ProblemKind};

/// Why a request about a resumable upload was not carried out.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages describe the variants")]
pub enum TusError {
    #[error("not version 1.0.0 of tus")]
    Version,
    #[error("the header {name} is not {valid}")]
    BadHeader {
        name: &'static str,
        valid: &'static str,
    },
    #[error("a body of another media type")]
    MediaType,
    #[error("the user has no such upload")]
    NoSuchUpload,
    #[error("another request writes the upload")]
    Locked,
    #[error("the upload continues at {0}")]
    WrongOffset(u64),
    #[error("more bytes than the {0} of the upload")]
    BeyondLength(u64),
    #[error("the checksum differs")]
    ChecksumMismatch,
    #[error("a final upload is not written")]
    Final,
    #[error("a partial upload is missing or incomplete")]
    PartialsIncomplete,
    #[error("the upload has too many pieces")]
    TooManyPieces,
    #[error("the upload was interrupted: {0}")]
    Interrupted(String),
}

impl TusError {
    pub(crate) fn kind(&self) -> &'static ProblemKind {
        match self {
            Self::Version => &kind::UNSUPPORTED_VERSION,
            Self::BadHeader { .. } => &kind::BAD_HEADER,
            Self::MediaType => &kind::WRONG_MEDIA_TYPE,
            Self::NoSuchUpload => &kind::NO_SUCH_UPLOAD,
            Self::Locked => &kind::UPLOAD_LOCKED,
            Self::WrongOffset(_) => &kind::WRONG_OFFSET,
            Self::BeyondLength(_) => &kind::BODY_TOO_LARGE,
            Self::ChecksumMismatch => &kind::CHECKSUM_MISMATCH,
            Self::Final => &kind::UPLOAD_IS_FINAL,
            Self::PartialsIncomplete => &kind::PARTIALS_INCOMPLETE,
            Self::TooManyPieces => &kind::TOO_MANY_PIECES,
            Self::Interrupted(_) => &kind::BODY_INCOMPLETE,
        }
    }

    /// What happened and what the client can do about it.
    pub(crate) fn detail(&self) -> String {
        match self {
            Self::Version => "Send `Tus-Resumable: 1.0.0`.",
            Self::BadHeader { name, valid } => return format!("{name} must be {valid}."),
            Self::MediaType => {
                "Send the bytes of the file as `Content-Type: application/offset+octet-stream`."
            }
            Self::NoSuchUpload => {
                "You have no upload with this id: it has expired, was deleted or is part of \
                 another. GET /files lists those you have."
            }
            Self::Locked => {
                "Another request writes this upload. HEAD shows its offset once that has ended, \
                 or seconds after it stalls."
            }
            Self::WrongOffset(offset) => {
                return format!("The upload continues at the offset {offset}.");
            }
            Self::BeyondLength(length) => {
                return format!("The upload has {length} bytes, and the body goes beyond them.");
            }
            Self::ChecksumMismatch => {
                "The bytes that arrived do not have this checksum. None was kept; send them again."
            }
            Self::Final => "A final upload consists of its parts; nothing can be added to it.",
            Self::PartialsIncomplete => {
                "Each part must be a complete partial upload of yours that is in no other upload."
            }
            Self::TooManyPieces => "The upload was interrupted too often. Create a new one.",
            Self::Interrupted(_) => {
                "The body ended before it was complete. What arrived is kept; HEAD shows the \
                 offset."
            }
        }
        .to_owned()
    }

    /// The header that the client has to change.
    pub(crate) fn field(&self) -> Option<&str> {
        match self {
            Self::Version => Some("tus-resumable"),
            Self::BadHeader { name, .. } => Some(name),
            Self::MediaType => Some("content-type"),
            Self::WrongOffset(_) => Some("upload-offset"),
            Self::ChecksumMismatch => Some("upload-checksum"),
            Self::PartialsIncomplete => Some("upload-concat"),
            _ => None,
        }
    }

    /// Seconds after which a retry makes sense.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        matches!(self, Self::Locked).then_some(1)
    }
}
