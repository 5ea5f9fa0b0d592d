//! A file that is being stored: its pictures in chunks of their own, since whoever
//! converts it has no use for them and stores give whole chunks only.

use tonearm_blobs::{BlobError, BlobName, Manifest, SplitWriter};
use tonearm_spin_runtime::files::Files;
use tonearm_video_split::{Kind, Pictures};

/// One file of an upload.
pub struct IncomingFile<'f> {
    writer: SplitWriter<&'f Files>,
    pictures: Pictures,
}

impl<'f> IncomingFile<'f> {
    /// Begins to store the file as the blob `name`.
    pub fn new(files: &'f Files, name: BlobName, chunk_bytes: usize) -> Self {
        Self {
            writer: SplitWriter::new(files, name, chunk_bytes),
            pictures: Pictures::default(),
        }
    }

    /// Bytes so far.
    pub fn written(&self) -> u64 {
        self.writer.written()
    }

    /// Stores the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let writer = &mut self.writer;
        self.pictures.push(bytes, |kind, bytes| match kind {
            Kind::Rest => writer.write(bytes),
            Kind::Picture => writer.set_aside(bytes),
        })
    }

    /// Stores what is left: from here on the blob exists.
    pub fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.writer.finish(media_type)
    }
}
