//! Writing a blob as a stream.

use crate::{BlobError, BlobName, Manifest, Part, Store, delete, keys};

/// Writes one blob. Holds at most one chunk in memory.
///
/// Dropped without [`finish`](Self::finish), it leaves chunks without a
/// manifest behind: call [`abort`](Self::abort), and have a sweep for the case
/// that the process dies first.
#[derive(Debug)]
pub struct Writer<S: Store> {
    store: S,
    name: BlobName,
    chunk_bytes: usize,
    /// The chunk being filled, number `flushed`.
    buffer: Vec<u8>,
    /// Chunks already in the store.
    flushed: u64,
}

impl<S: Store> Writer<S> {
    /// Starts a blob in chunks of `chunk_bytes` (at least one).
    pub fn new(store: S, name: BlobName, chunk_bytes: usize) -> Self {
        let chunk_bytes = chunk_bytes.max(1);
        Self {
            store,
            name,
            chunk_bytes,
            buffer: Vec::new(),
            flushed: 0,
        }
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.flushed * self.chunk_bytes as u64 + self.buffer.len() as u64
    }

    /// Appends `bytes`.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            if self.buffer.capacity() == 0 {
                self.buffer.reserve_exact(self.chunk_bytes);
            }
            let room = self.chunk_bytes - self.buffer.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = rest;
            if self.buffer.len() == self.chunk_bytes {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), BlobError> {
        self.store
            .set(&keys::chunk(&self.name, self.flushed), &self.buffer)?;
        self.flushed += 1;
        self.buffer.clear();
        Ok(())
    }

    /// Replaces bytes already written, from `offset` on: for headers that are
    /// only known at the end. Reads and writes each chunk touched.
    pub fn patch(&mut self, offset: u64, mut bytes: &[u8]) -> Result<(), BlobError> {
        let end = offset.saturating_add(bytes.len() as u64);
        if end > self.written() {
            return Err(BlobError::PatchBeyondEnd {
                end,
                written: self.written(),
            });
        }
        let size = self.chunk_bytes as u64;
        let mut number = offset / size;
        let mut within = (offset % size) as usize;
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at((self.chunk_bytes - within).min(bytes.len()));
            if number == self.flushed {
                self.buffer[within..within + now.len()].copy_from_slice(now);
            } else {
                let key = keys::chunk(&self.name, number);
                let missing = || BlobError::MissingChunk {
                    name: self.name.to_string(),
                    chunk: number,
                };
                let mut chunk = self.store.get(&key)?.ok_or_else(missing)?;
                let place = chunk
                    .get_mut(within..within + now.len())
                    .ok_or_else(missing)?;
                place.copy_from_slice(now);
                self.store.set(&key, &chunk)?;
            }
            bytes = rest;
            number += 1;
            within = 0;
        }
        Ok(())
    }

    /// Stores what is left and then the manifest: from here on the blob exists.
    pub fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.finish_joined(media_type, Vec::new())
    }

    /// The same with `parts` after what was written, by reference and not copied:
    /// they must live as long as this blob.
    pub fn finish_joined(
        mut self,
        media_type: &str,
        parts: Vec<Part>,
    ) -> Result<Manifest, BlobError> {
        let bytes = self.written();
        if !self.buffer.is_empty() {
            self.flush()?;
        }
        let manifest = Manifest::new(bytes, self.chunk_bytes as u64, media_type, parts);
        manifest.save(&self.store, &self.name)?;
        Ok(manifest)
    }

    /// Deletes what was stored so far.
    pub fn abort(self) -> Result<(), BlobError> {
        delete(&self.store, &self.name)
    }
}
