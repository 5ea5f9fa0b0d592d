//! Writing a blob whose video lies in a section of its own.

use crate::chunk_writer::ChunkWriter;
use crate::extents::{Extent, MAX_EXTENTS};
use crate::keys::Section;
use crate::{BlobError, BlobName, Manifest, SplitCheckpoint, Store, delete};

/// Writes one blob with its video in separate chunks, so that reading only the other bytes
/// fetches none of it. Read as a whole, the blob is what was written, in order. Holds at most
/// three chunks in memory.
///
/// Dropped without [`finish`](Self::finish), it leaves chunks behind as a
/// [`Writer`](crate::Writer) does; [`delete()`] finds them. After a
/// [`checkpoint`](Self::checkpoint) another writer may [`resume`](Self::resume) the blob.
#[derive(Debug)]
pub struct SplitWriter<S: Store> {
    store: S,
    name: BlobName,
    main: ChunkWriter,
    video: ChunkWriter,
    /// Each [`Extent`] is appended when it begins.
    extents: ChunkWriter,
    /// Whether the last byte written was video.
    in_video: bool,
}

impl<S: Store> SplitWriter<S> {
    /// Starts a blob in chunks of `chunk_bytes` (at least one).
    pub fn new(store: S, name: BlobName, chunk_bytes: usize) -> Self {
        let chunks = |section| ChunkWriter::new(section, chunk_bytes);
        Self {
            store,
            name,
            main: chunks(Section::Main),
            video: chunks(Section::Video),
            extents: chunks(Section::Extents),
            in_video: false,
        }
    }

    /// Continues the blob `name` at a checkpoint. Whatever was written after it is replaced.
    /// Its former writer must have stopped: one that goes on overwrites chunks.
    ///
    /// # Errors
    /// [`BlobError::MissingChunk`] if the store has less than the checkpoint says.
    pub fn resume(
        store: S,
        name: BlobName,
        checkpoint: &SplitCheckpoint,
    ) -> Result<Self, BlobError> {
        let chunk_bytes = usize::try_from(checkpoint.chunk_bytes()).unwrap_or(usize::MAX);
        let video = checkpoint.video();
        let continued =
            |section, written| ChunkWriter::resume(&store, &name, section, chunk_bytes, written);
        let main = continued(Section::Main, checkpoint.main_bytes())?;
        let extents_bytes = video.map_or(0, |video| video.extents_bytes);
        let extents = continued(Section::Extents, extents_bytes)?;
        let video = continued(Section::Video, video.map_or(0, |video| video.bytes))?;
        Ok(Self {
            store,
            name,
            main,
            video,
            extents,
            in_video: checkpoint.in_video(),
        })
    }

    /// Stores everything written so far, partial chunks included, and describes it. Writing
    /// may go on. A partial chunk that grows is stored again, so checkpoints cost writes: at
    /// most one per section.
    pub fn checkpoint(&mut self) -> Result<SplitCheckpoint, BlobError> {
        for section in [&mut self.main, &mut self.video, &mut self.extents] {
            section.save(&self.store, &self.name)?;
        }
        Ok(self.position())
    }

    fn position(&self) -> SplitCheckpoint {
        SplitCheckpoint::new(
            self.main.chunk_bytes(),
            self.main.written(),
            self.video.written(),
            self.extents.written(),
            self.in_video,
        )
    }

    /// Bytes written so far, video included.
    pub fn written(&self) -> u64 {
        self.main.written() + self.video.written()
    }

    /// Appends `bytes` to the main section.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        if !bytes.is_empty() {
            self.in_video = false;
        }
        self.main.append(&self.store, &self.name, bytes)
    }

    /// Appends `bytes` to the video section. Consecutive calls without a
    /// [`write`](Self::write) in between extend one extent. An extent costs 16 bytes, so it
    /// should be thousands of bytes long. After [`MAX_EXTENTS`], the bytes go to the main
    /// section.
    pub fn write_video(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if !self.in_video {
            if self.extents.written() >= (MAX_EXTENTS * Extent::BYTES) as u64 {
                return self.write(bytes);
            }
            let extent = Extent {
                in_piece: self.written(),
                in_video: self.video.written(),
            };
            self.extents
                .append(&self.store, &self.name, &extent.to_bytes())?;
            self.in_video = true;
        }
        self.video.append(&self.store, &self.name, bytes)
    }

    /// Stores the remaining bytes and then the manifest: from here on the blob exists.
    pub fn finish(mut self, media_type: &str) -> Result<Manifest, BlobError> {
        let position = self.position();
        for section in [&mut self.main, &mut self.video, &mut self.extents] {
            section.flush(&self.store, &self.name)?;
        }
        let manifest = Manifest::of_sections(&position, media_type, Vec::new());
        manifest.save(&self.store, &self.name)?;
        Ok(manifest)
    }

    /// Deletes the bytes stored so far.
    pub fn abort(self) -> Result<(), BlobError> {
        delete(&self.store, &self.name)
    }
}
