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
    /// Number of full chunks, all of them stored.
    flushed: u64,
    /// Whether the store lacks some of `buffer`, or has more than it.
    is_dirty: bool,
}

impl ChunkWriter {
    /// Starts a section in chunks of `chunk_bytes` (at least one).
    pub(crate) fn new(section: Section, chunk_bytes: usize) -> Self {
        Self {
            section,
            chunk_bytes: chunk_bytes.max(1),
            buffer: Vec::new(),
            flushed: 0,
            is_dirty: false,
        }
    }

    /// Continues a section of which the first `written` bytes count. Its last chunk may be
    /// stored with more than those.
    pub(crate) fn resume<S: Store>(
        store: &S,
        name: &BlobName,
        section: Section,
        chunk_bytes: usize,
        written: u64,
    ) -> Result<Self, BlobError> {
        let mut writer = Self::new(section, chunk_bytes);
        writer.flushed = written / writer.chunk_bytes();
        let partial = (written % writer.chunk_bytes()) as usize;
        if partial > 0 {
            let chunk = store.get(&keys::chunk(name, section, writer.flushed))?;
            writer.buffer = chunk
                .filter(|chunk| chunk.len() >= partial)
                .ok_or_else(|| BlobError::MissingChunk {
                    name: keys::section(name, section),
                    chunk: writer.flushed,
                })?;
            writer.is_dirty = writer.buffer.len() > partial;
            writer.buffer.truncate(partial);
        }
        Ok(writer)
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
            let room = self.chunk_bytes - self.buffer.len();
            if self.buffer.capacity() < self.chunk_bytes {
                self.buffer.reserve_exact(room);
            }
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            self.is_dirty = true;
            bytes = rest;
            if self.buffer.len() == self.chunk_bytes {
                self.flush(store, name)?;
            }
        }
        Ok(())
    }

    /// Stores the chunk being filled as it is. Appending more stores it again, longer.
    pub(crate) fn save<S: Store>(&mut self, store: &S, name: &BlobName) -> Result<(), BlobError> {
        if self.is_dirty {
            store.set(&keys::chunk(name, self.section, self.flushed), &self.buffer)?;
            self.is_dirty = false;
        }
        Ok(())
    }

    /// Stores the last, partial chunk. Nothing may be appended after it.
    pub(crate) fn flush<S: Store>(&mut self, store: &S, name: &BlobName) -> Result<(), BlobError> {
        if !self.buffer.is_empty() {
            self.save(store, name)?;
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
                self.is_dirty = true;
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
