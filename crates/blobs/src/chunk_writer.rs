//! Writing the chunks of one section.

use crate::keys::{self, Section};
use crate::{BlobError, BlobName, Store};

/// Splits appended bytes into chunks. Holds at most one chunk in memory.
#[derive(Debug)]
pub(crate) struct ChunkWriter {
    section: Section,
    chunk_bytes: usize,
    /// The chunk being filled, number `flushed`.
    buffer: Vec<u8>,
    /// Number of chunks already stored.
    flushed: u64,
}

impl ChunkWriter {
    /// Starts a section in chunks of `chunk_bytes` (at least one).
    pub(crate) fn new(section: Section, chunk_bytes: usize) -> Self {
        Self {
            section,
            chunk_bytes: chunk_bytes.max(1),
            buffer: Vec::new(),
            flushed: 0,
        }
    }

    pub(crate) fn chunk_bytes(&self) -> u64 {
        self.chunk_bytes as u64
    }

    /// Bytes appended so far.
    pub(crate) fn written(&self) -> u64 {
        self.flushed * self.chunk_bytes() + self.buffer.len() as u64
    }

    pub(crate) fn append<S: Store>(
        &mut self,
        store: &S,
        name: &BlobName,
        mut bytes: &[u8],
    ) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            if self.buffer.capacity() == 0 {
                self.buffer.reserve_exact(self.chunk_bytes);
            }
            let room = self.chunk_bytes - self.buffer.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = rest;
            if self.buffer.len() == self.chunk_bytes {
                self.flush(store, name)?;
            }
        }
        Ok(())
    }

    /// Stores the last, partial chunk. Nothing may be appended after it.
    pub(crate) fn flush<S: Store>(&mut self, store: &S, name: &BlobName) -> Result<(), BlobError> {
        if !self.buffer.is_empty() {
            store.set(&keys::chunk(name, self.section, self.flushed), &self.buffer)?;
            self.flushed += 1;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Overwrites bytes already written, from `offset` on. Reads and writes each affected
    /// chunk.
    pub(crate) fn patch<S: Store>(
        &mut self,
        store: &S,
        name: &BlobName,
        offset: u64,
        mut bytes: &[u8],
    ) -> Result<(), BlobError> {
        let end = offset.saturating_add(bytes.len() as u64);
        if end > self.written() {
            return Err(BlobError::PatchBeyondEnd {
                end,
                written: self.written(),
            });
        }
        let size = self.chunk_bytes();
        let mut number = offset / size;
        let mut within = (offset % size) as usize;
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at((self.chunk_bytes - within).min(bytes.len()));
            if number == self.flushed {
                self.buffer[within..within + now.len()].copy_from_slice(now);
            } else {
                let key = keys::chunk(name, self.section, number);
                let missing = || BlobError::MissingChunk {
                    name: keys::section(name, self.section),
                    chunk: number,
                };
                let mut chunk = store.get(&key)?.ok_or_else(missing)?;
                let target = chunk
                    .get_mut(within..within + now.len())
                    .ok_or_else(missing)?;
                target.copy_from_slice(now);
                store.set(&key, &chunk)?;
            }
            bytes = rest;
            number += 1;
            within = 0;
        }
        Ok(())
    }
}
