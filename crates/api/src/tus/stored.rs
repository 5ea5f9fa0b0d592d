//! What the file store has of an upload.

use tonearm_blobs::{BlobName, SplitCheckpoint, Store, StoredPiece, assemble};
use tonearm_jobs::{JobsError, Upload, UploadCheckpoint, piece_blobs};
use tonearm_video_split::VideoClassifier;

use super::error::TusError;
use crate::Error;
use crate::upload::IncomingFile;

/// An upload that is being continued.
pub(super) struct StoredUpload<'p, F: Store> {
    files: &'p F,
    /// The earlier pieces, complete up to their last checkpoints.
    earlier: Vec<StoredPiece>,
    /// The piece that is being written.
    file: IncomingFile<&'p F>,
}

/// A blob, and those that it refers to.
pub(super) struct Assembled {
    pub(super) blob: String,
    pub(super) parts: Vec<String>,
}

impl<'p, F: Store> StoredUpload<'p, F> {
    /// Opens a claimed upload to be continued at its offset. A piece that begins gets chunks
    /// of `chunk_bytes`.
    pub(super) fn open(files: &'p F, upload: &Upload, chunk_bytes: usize) -> Result<Self, Error> {
        let mut earlier = pieces(upload)?;
        if bytes(&earlier) != upload.offset {
            return Err(damaged(upload, "the pieces do not add up to the offset"));
        }
        // Where it cannot be read, the video is no longer separated: that is only slower.
        let classifier: Option<VideoClassifier> = serde_json::from_str(&upload.writer).ok();
        let classifier = match classifier {
            Some(classifier) if classifier.position() == upload.offset => classifier,
            _ if upload.offset == 0 => VideoClassifier::default(),
            _ => VideoClassifier::unsplit(upload.offset),
        };
        let current = name(&piece_blobs(upload.id, upload.piece).0)?;
        let file = match earlier.pop_if(|piece| piece.name == current) {
            Some(piece) => IncomingFile::resume(files, current, &piece.stored, classifier)?,
            None => IncomingFile::with_classifier(files, current, chunk_bytes, classifier),
        };
        Ok(Self {
            files,
            earlier,
            file,
        })
    }

    /// Bytes of the upload so far.
    pub(super) fn offset(&self) -> u64 {
        bytes(&self.earlier) + self.file.written()
    }

    /// Appends `bytes`.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.file.write(bytes)?)
    }

    /// Stores everything written so far, and describes it.
    pub(super) fn checkpoint(&mut self, upload: &Upload) -> Result<UploadCheckpoint, Error> {
        let offset = self.offset();
        let (stored, classifier) = self.file.checkpoint()?;
        let json_error = |error| damaged(upload, error);
        Ok(UploadCheckpoint {
            offset,
            piece: upload.piece,
            stored: serde_json::to_string(&stored).map_err(json_error)?,
            writer: serde_json::to_string(classifier).map_err(json_error)?,
        })
    }

    /// Stores everything and makes it one blob.
    pub(super) fn assemble(&mut self, upload: &Upload) -> Result<Assembled, Error> {
        let (piece, blob) = piece_blobs(upload.id, upload.piece);
        let mut pieces = self.earlier.clone();
        pieces.push(StoredPiece {
            name: name(&piece)?,
            stored: self.file.checkpoint()?.0,
        });
        assemble(self.files, &name(&blob)?, &pieces, &upload.media_type)?;
        let parts = pieces.iter().filter(|piece| piece.stored.bytes() > 0);
        let parts = parts.map(|piece| piece.name.to_string());
        let parts = parts.filter(|part| *part != blob).collect();
        Ok(Assembled { blob, parts })
    }
}

/// What is stored of an upload, in order.
pub(super) fn pieces(upload: &Upload) -> Result<Vec<StoredPiece>, Error> {
    let piece = |(number, stored): (&u32, &String)| {
        let stored: SplitCheckpoint =
            serde_json::from_str(stored).map_err(|error| damaged(upload, error))?;
        Ok(StoredPiece {
            name: name(&piece_blobs(upload.id, *number).0)?,
            stored,
        })
    };
    upload.stored.iter().map(piece).collect()
}

/// The length of all pieces.
pub(super) fn bytes(pieces: &[StoredPiece]) -> u64 {
    pieces.iter().map(|piece| piece.stored.bytes()).sum()
}

fn name(blob: &str) -> Result<BlobName, Error> {
    BlobName::new(blob).ok_or(TusError::NoSuchUpload.into())
}

fn damaged(upload: &Upload, reason: impl std::fmt::Display) -> Error {
    Error::Internal(JobsError::BadRecord {
        id: upload.id.to_string(),
        reason: reason.to_string(),
    })
}
