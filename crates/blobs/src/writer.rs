//! Writing a blob as a stream.

use crate::chunk_writer::ChunkWriter;
use crate::keys::Section;
use crate::{BlobError, BlobName, Manifest, Part, Store, delete};

/// Writes one blob. Holds at most one chunk in memory.
///
/// Dropped without [`finish`](Self::finish), it leaves chunks without a
/// manifest behind. Call [`abort`](Self::abort), and collect garbage in case
/// the process crashes first.
#[derive(Debug)]
pub struct Writer<S: Store> {
    store: S,
    name: BlobName,
    chunks: ChunkWriter,
}

impl<S: Store> Writer<S> {
    /// Starts a blob in chunks of `chunk_bytes` (at least one).
    pub fn new(store: S, name: BlobName, chunk_bytes: usize) -> Self {
        Self {
            store,
            name,
            chunks: ChunkWriter::new(Section::Main, chunk_bytes),
        }
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.chunks.written()
    }

    /// Appends `bytes`.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.chunks.append(&self.store, &self.name, bytes)
    }

    /// Overwrites bytes already written, from `offset` on, such as a header whose
    /// content is only known at the end. Reads and writes each affected chunk.
    pub fn patch(&mut self, offset: u64, bytes: &[u8]) -> Result<(), BlobError> {
        self.chunks.patch(&self.store, &self.name, offset, bytes)
    }

    /// Stores the remaining bytes and then the manifest: from here on the blob exists.
    pub fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.finish_joined(media_type, Vec::new())
    }

    /// Like [`finish`](Self::finish), with `parts` appended by reference. They are not
    /// copied, so they must exist for as long as this blob.
    pub fn finish_joined(
        mut self,
        media_type: &str,
        parts: Vec<Part>,
    ) -> Result<Manifest, BlobError> {
        let (bytes, chunk_bytes) = (self.written(), self.chunks.chunk_bytes());
        self.chunks.flush(&self.store, &self.name)?;
        let manifest = Manifest::new(bytes, chunk_bytes, media_type, parts);
        manifest.save(&self.store, &self.name)?;
        Ok(manifest)
    }

    /// Deletes the bytes stored so far.
    pub fn abort(self) -> Result<(), BlobError> {
        delete(&self.store, &self.name)
    }
}
