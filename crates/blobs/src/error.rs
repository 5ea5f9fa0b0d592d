//! What can go wrong with a blob.

/// Every failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The store refused or failed, after the adapter's own retries. Trying
    /// again later makes sense.
    #[error("the file store failed on {key}: {reason}")]
    Store {
        /// The key that was asked for.
        key: String,
        /// The store's own words.
        reason: String,
    },
    /// A chunk that the manifest promises is not there.
    #[error("chunk {chunk} of {name} is missing")]
    MissingChunk {
        /// The blob's name.
        name: String,
        /// The chunk's number, from zero.
        chunk: u64,
    },
    /// A manifest that cannot be understood.
    #[error("the manifest of {name} is damaged: {reason}")]
    BadManifest {
        /// The blob's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Bytes to be patched lie beyond what was written.
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
