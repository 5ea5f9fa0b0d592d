//! Reading a blob by range.

use std::io::{self, Read, Seek, SeekFrom};

use crate::keys::{self, Lane};
use crate::runs::{Runs, Stretch};
use crate::{BlobError, BlobName, Manifest, Store};

/// Chunks kept in memory. A demuxer goes forward in several places at once, the samples
/// of a track and the tables of its index; each of four such places keeps its chunk.
const CACHED_CHUNKS: usize = 4;

/// Reads one complete blob. Holds at most four chunks in memory, and of a split one the
/// list of its runs, of a mebibyte at most.
#[derive(Debug)]
pub struct Reader<S: Store> {
    store: S,
    manifest: Manifest,
    /// The blob itself and its parts, in order.
    pieces: Vec<Piece>,
    /// What was set aside of the blob itself.
    runs: Option<Runs>,
    position: u64,
    /// Most recently used first.
    cache: Vec<(Place, Vec<u8>)>,
}

/// One of the blobs that a blob is joined of.
#[derive(Debug)]
struct Piece {
    name: BlobName,
    /// Where it begins in the whole.
    start: u64,
    bytes: u64,
    chunk_bytes: u64,
}

/// A chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The piece it belongs to.
    piece: usize,
    lane: Lane,
    number: u64,
}

impl<S: Store> Reader<S> {
    /// Opens the blob `name`; `None` where there is no such blob.
    pub fn open(store: S, name: BlobName) -> Result<Option<Self>, BlobError> {
        let Some(manifest) = Manifest::load(&store, &name)? else {
            return Ok(None);
        };
        let runs = match manifest.is_split() {
            true => Some(Runs::load(&store, &name, &manifest)?),
            false => None,
        };
        let parts: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
        let mut start = manifest.bytes.saturating_sub(parts);
        let mut pieces = vec![Piece {
            name,
            start: 0,
            bytes: start,
            chunk_bytes: manifest.chunk_bytes,
        }];
        for part in &manifest.parts {
            pieces.push(Piece {
                name: part.name.clone(),
                start,
                bytes: part.bytes,
                chunk_bytes: part.chunk_bytes,
            });
            start += part.bytes;
        }
        Ok(Some(Self {
            store,
            manifest,
            pieces,
            runs,
            position: 0,
            cache: Vec::new(),
        }))
    }

    /// What is known of the blob.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes from the position to the end of its chunk, or to where the blob goes on
    /// in another lane; empty at the end.
    fn rest_of_chunk(&mut self) -> Result<&[u8], BlobError> {
        if self.position >= self.manifest.bytes {
            return Ok(&[]);
        }
        // The last that begins here or before: what is empty is passed over.
        let after = self.pieces.partition_point(|p| p.start <= self.position);
        let index = after.saturating_sub(1);
        let Some(piece) = self.pieces.get(index) else {
            return Ok(&[]);
        };
        let stretch = match &self.runs {
            Some(runs) => runs.locate(self.position),
            None => Stretch {
                lane: Lane::Main,
                offset: self.position - piece.start,
                bytes: piece.start + piece.bytes - self.position,
            },
        };
        let place = Place {
            piece: index,
            lane: stretch.lane,
            number: stretch.offset / piece.chunk_bytes,
        };
        let within = (stretch.offset % piece.chunk_bytes) as usize;
        match self.cache.iter().position(|(cached, _)| *cached == place) {
            Some(0) => {}
            Some(found) => self.cache[..=found].rotate_right(1),
            None => {
                // What goes on to a chunk is done with the one before. Else the least
                // recently used makes room: never five chunks in memory at once.
                let before = place.number.checked_sub(1);
                let before = before.map(|number| Place { number, ..place });
                self.cache.retain(|(cached, _)| Some(*cached) != before);
                self.cache.truncate(CACHED_CHUNKS - 1);
                let chunk = self.load(piece, place)?;
                self.cache.insert(0, (place, chunk));
            }
        }
        let chunk = self.cache.first().map(|(_, chunk)| chunk.as_slice());
        let rest = chunk.and_then(|chunk| chunk.get(within..)).unwrap_or(&[]);
        let count = rest
            .len()
            .min(usize::try_from(stretch.bytes).unwrap_or(usize::MAX));
        Ok(&rest[..count])
    }

    fn load(&self, piece: &Piece, place: Place) -> Result<Vec<u8>, BlobError> {
        let lane_bytes = match &self.runs {
            Some(_) => self.manifest.lane_bytes(place.lane),
            None => piece.bytes,
        };
        let start = place.number * piece.chunk_bytes;
        let expected = lane_bytes.saturating_sub(start).min(piece.chunk_bytes);
        match self
            .store
            .get(&keys::chunk(&piece.name, place.lane, place.number))?
        {
            Some(chunk) if chunk.len() as u64 == expected => Ok(chunk),
            _ => Err(BlobError::MissingChunk {
                name: keys::lane(&piece.name, place.lane),
                chunk: place.number,
            }),
        }
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
