//! Stores one file of an upload. Its video goes into chunks of its own: the converter does
//! not need it, and a store returns whole chunks only.

use tonearm_blobs::{BlobError, BlobName, Manifest, SplitWriter};
use tonearm_spin_runtime::files::Files;
use tonearm_video_split::{Kind, VideoClassifier};

/// One file of an upload.
pub struct IncomingFile<'f> {
    writer: SplitWriter<&'f Files>,
    classifier: VideoClassifier,
}

impl<'f> IncomingFile<'f> {
    /// Begins to store the file as the blob `name`.
    pub fn new(files: &'f Files, name: BlobName, chunk_bytes: usize) -> Self {
        Self {
            writer: SplitWriter::new(files, name, chunk_bytes),
            classifier: VideoClassifier::default(),
        }
    }

    /// Bytes so far.
    pub fn written(&self) -> u64 {
        self.writer.written()
    }

    /// Stores the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let writer = &mut self.writer;
        self.classifier.push(bytes, |kind, bytes| match kind {
            Kind::Other => writer.write(bytes),
            Kind::Video => writer.write_video(bytes),
        })
    }

    /// Stores what is left: from here on the blob exists.
    pub fn finish(self, media_type: &str) -> Result<Manifest, BlobError> {
        self.writer.finish(media_type)
    }
}
