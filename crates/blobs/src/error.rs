//! Errors of blobs.

/// Every failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The store failed, after the adapter's own retries. A later attempt may
    /// succeed.
    #[error("the file store failed on {key}: {reason}")]
    Store {
        /// The key of the failed operation.
        key: String,
        /// The store's message.
        reason: String,
    },
    /// A chunk that the manifest lists is missing or has the wrong length.
    #[error("chunk {chunk} of {name} is missing")]
    MissingChunk {
        /// The blob's name.
        name: String,
        /// The chunk's number, from zero.
        chunk: u64,
    },
    /// A manifest that is malformed or inconsistent.
    #[error("the manifest of {name} is damaged: {reason}")]
    BadManifest {
        /// The blob's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A patch that ends beyond the bytes written.
    #[error("cannot patch up to byte {end}: only {written} were written")]
    PatchBeyondEnd {
        /// One past the last byte of the patch.
        end: u64,
        /// Bytes written so far.
        written: u64,
    },
}

impl From<BlobError> for std::io::Error {
    fn from(error: BlobError) -> Self {
        Self::other(error)
    }
}
