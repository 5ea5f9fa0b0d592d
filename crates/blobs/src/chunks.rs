//! A lane that is being written.

use crate::keys::{self, Lane};
use crate::{BlobError, BlobName, Store};

/// Cuts what is appended into chunks. Holds at most one of them in memory.
#[derive(Debug)]
pub(crate) struct Chunks {
    lane: Lane,
    chunk_bytes: usize,
    /// The chunk being filled, number `flushed`.
    buffer: Vec<u8>,
    /// Chunks already in the store.
    flushed: u64,
}

impl Chunks {
    /// Starts a lane in chunks of `chunk_bytes` (at least one).
    pub(crate) fn new(lane: Lane, chunk_bytes: usize) -> Self {
        Self {
            lane,
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

    /// Stores what is left: nothing is appended after it.
    pub(crate) fn flush<S: Store>(&mut self, store: &S, name: &BlobName) -> Result<(), BlobError> {
        if !self.buffer.is_empty() {
            store.set(&keys::chunk(name, self.lane, self.flushed), &self.buffer)?;
            self.flushed += 1;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Replaces bytes already written, from `offset` on. Reads and writes each chunk
    /// touched.
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
                let key = keys::chunk(name, self.lane, number);
                let missing = || BlobError::MissingChunk {
                    name: keys::lane(name, self.lane),
                    chunk: number,
                };
                let mut chunk = store.get(&key)?.ok_or_else(missing)?;
                let place = chunk
                    .get_mut(within..within + now.len())
                    .ok_or_else(missing)?;
                place.copy_from_slice(now);
                store.set(&key, &chunk)?;
            }
            bytes = rest;
            number += 1;
            within = 0;
        }
        Ok(())
    }
}
