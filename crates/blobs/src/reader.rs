//! Random access to a blob.

use std::io::{self, Read, Seek, SeekFrom};

use crate::extent_lists::ExtentLists;
use crate::extents::Location;
use crate::keys::{self, Section};
use crate::piece::Piece;
use crate::{BlobError, BlobName, Manifest, Store};

/// Chunks kept in memory. A demuxer moves forward at several positions at once: the samples
/// of a track, and the tables of its index. Each of four such positions keeps its chunk.
const CACHED_CHUNKS: usize = 4;

/// Reads one complete blob. Holds at most four chunks in memory, and at most one mebibyte of
/// the extent lists of its split pieces.
#[derive(Debug)]
pub struct Reader<S: Store> {
    store: S,
    manifest: Manifest,
    /// The blob's own bytes and its parts, in order.
    pieces: Vec<Piece>,
    extents: ExtentLists,
    position: u64,
    /// Most recently used first.
    cache: Vec<(ChunkId, Vec<u8>)>,
}

/// Identifies a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ChunkId {
    /// Index of its piece.
    piece: usize,
    section: Section,
    number: u64,
}

impl<S: Store> Reader<S> {
    /// Opens the blob `name`; `None` if there is no such blob.
    pub fn open(store: S, name: BlobName) -> Result<Option<Self>, BlobError> {
        let Some(manifest) = Manifest::load(&store, &name)? else {
            return Ok(None);
        };
        let pieces = Piece::all(name, &manifest);
        let mut extents = ExtentLists::default();
        if let Some(own) = pieces.first().filter(|own| own.is_split()) {
            extents.of(&store, 0, own)?;
        }
        Ok(Some(Self {
            store,
            manifest,
            pieces,
            extents,
            position: 0,
            cache: Vec::new(),
        }))
    }

    /// The blob's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes from the current position to the end of its chunk, or to where the blob
    /// continues in another section; empty at the end of the blob.
    fn rest_of_chunk(&mut self) -> Result<&[u8], BlobError> {
        if self.position >= self.manifest.bytes {
            return Ok(&[]);
        }
        // The last piece that begins at or before the position. This skips empty pieces.
        let after = self.pieces.partition_point(|p| p.start <= self.position);
        let index = after.saturating_sub(1);
        let Some(piece) = self.pieces.get(index) else {
            return Ok(&[]);
        };
        let within_piece = self.position - piece.start;
        let location = match piece.is_split() {
            true => {
                let extents = self.extents.of(&self.store, index, piece)?;
                extents.locate(within_piece)
            }
            false => Location {
                section: Section::Main,
                offset: within_piece,
                bytes: piece.bytes.saturating_sub(within_piece),
            },
        };
        let id = ChunkId {
            piece: index,
            section: location.section,
            number: location.offset / piece.chunk_bytes,
        };
        let within = (location.offset % piece.chunk_bytes) as usize;
        match self.cache.iter().position(|(cached, _)| *cached == id) {
            Some(0) => {}
            Some(found) => self.cache[..=found].rotate_right(1),
            None => {
                // Reading on into a chunk replaces the chunk before it. Any other access
                // evicts the least recently used chunk. Eviction comes before loading, so
                // there are never five chunks in memory.
                let before = id.number.checked_sub(1);
                let before = before.map(|number| ChunkId { number, ..id });
                self.cache.retain(|(cached, _)| Some(*cached) != before);
                self.cache.truncate(CACHED_CHUNKS - 1);
                let chunk = load(&self.store, piece, id)?;
                self.cache.insert(0, (id, chunk));
            }
        }
        let chunk = self.cache.first().map(|(_, chunk)| chunk.as_slice());
        let rest = chunk.and_then(|chunk| chunk.get(within..)).unwrap_or(&[]);
        let count = rest
            .len()
            .min(usize::try_from(location.bytes).unwrap_or(usize::MAX));
        Ok(&rest[..count])
    }
}

/// Reads a chunk. If its piece was cut, it may be longer than what counts.
fn load<S: Store>(store: &S, piece: &Piece, id: ChunkId) -> Result<Vec<u8>, BlobError> {
    let expected = piece.chunk_length(id.section, id.number);
    match store.get(&keys::chunk(&piece.name, id.section, id.number))? {
        Some(mut chunk) if chunk.len() >= expected => {
            chunk.truncate(expected);
            Ok(chunk)
        }
        _ => Err(BlobError::MissingChunk {
            name: keys::section(&piece.name, id.section),
            chunk: id.number,
        }),
    }
}

impl<S: Store> Read for Reader<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.rest_of_chunk()?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl<S: Store> Seek for Reader<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.manifest.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "seek to before the first byte")
        })?;
        Ok(self.position)
    }
}
